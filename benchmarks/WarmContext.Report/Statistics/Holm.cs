namespace WarmContext.Report.Statistics;

/// <summary>
/// Holm's correction: where a hundred rows are compared, one in a hundred would pass a test at 1 % by chance.
/// Afterwards the chance that any row does is held to the level.
/// </summary>
public static class Holm
{
    /// <returns>The corrected probabilities, in the order given.</returns>
    public static IReadOnlyList<double> Correct(IReadOnlyList<double> probabilities)
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        var corrected = new double[probabilities.Count];
        double least = 0;
        var order = Enumerable.Range(0, probabilities.Count).OrderBy(i => probabilities[i]).ToArray();
        for (var rank = 0; rank < order.Length; rank++)
        {
            least = Math.Max(least, Math.Min(1, probabilities[order[rank]] * (order.Length - rank)));
            corrected[order[rank]] = least;
        }

        return corrected;
    }
}
