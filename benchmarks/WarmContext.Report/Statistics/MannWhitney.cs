namespace WarmContext.Report.Statistics;

/// <summary>
/// The Mann-Whitney U test: how likely samples would differ so much in rank if both came from the same place. Two-sided; by the normal approximation
/// with corrections for ties and continuity, which is close from about eight samples each.
/// </summary>
public static class MannWhitney
{
    /// <returns>The probability (p value), 1 when either has no samples.</returns>
    public static double Probability(IReadOnlyList<double> left, IReadOnlyList<double> right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        double n = left.Count;
        double m = right.Count;
        if (n == 0 || m == 0)
        {
            return 1;
        }

        var all = left.Select(static value => (Value: value, IsLeft: true)).Concat(right.Select(static value => (Value: value, IsLeft: false))).OrderBy(static s => s.Value).ToArray();
        double rankSum = 0;
        double ties = 0;
        for (var i = 0; i < all.Length;)
        {
            var end = i + 1;
            while (end < all.Length && all[end].Value.Equals(all[i].Value))
            {
                end++;
            }

            // Equal values share the mean of their ranks, which are i + 1 to end.
            rankSum += all[i..end].Count(static s => s.IsLeft) * ((i + 1 + end) / 2.0);
            ties += Math.Pow(end - i, 3) - (end - i);
            i = end;
        }

        var u = rankSum - (n * (n + 1) / 2);
        var variance = n * m / 12 * (n + m + 1 - (ties / ((n + m) * (n + m - 1))));
        return variance <= 0 ? 1 : Math.Min(1, 2 * UpperTail(Math.Max(0, Math.Abs(u - (n * m / 2)) - 0.5) / Math.Sqrt(variance)));
    }

    // Of the standard normal distribution; Abramowitz and Stegun 26.2.17, good to 7.5e-8.
    private static double UpperTail(double z)
    {
        var t = 1 / (1 + (0.2316419 * z));
        var polynomial = t * (0.319381530 + (t * (-0.356563782 + (t * (1.781477937 + (t * (-1.821255978 + (t * 1.330274429))))))));
        return Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI) * polynomial;
    }
}
