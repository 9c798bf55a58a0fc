using WarmContext.Report.Model;

namespace WarmContext.Report.Statistics;

/// <summary>
/// How sure a difference is: the samples are drawn anew from themselves many times, and the middle 95 % of the figures that come out are
/// its interval. Nothing is assumed about how times are distributed, which is never normally.
/// </summary>
public static class Bootstrap
{
    private const int Draws = 1_000;

    /// <summary>
    /// The median of <paramref name="of"/> divided by that of <paramref name="to"/>;
    /// null where the divisor is too short to be measured, so that the ratio means nothing.
    /// </summary>
    /// <param name="of">The samples above the line.</param>
    /// <param name="to">Those below it.</param>
    /// <param name="paired">Whether samples of the same number were measured side by side, so that they are drawn together.</param>
    public static Estimate? Ratio(IReadOnlyList<double> of, IReadOnlyList<double> to, bool paired)
    {
        var ratio = Estimate(of, to, paired, static (a, b) => a / b);
        return double.IsFinite(ratio.Value) && double.IsFinite(ratio.Low) && double.IsFinite(ratio.High) ? ratio : null;
    }

    /// <summary>The median of <paramref name="from"/> less that of <paramref name="what"/>.</summary>
    public static Estimate Difference(IReadOnlyList<double> from, IReadOnlyList<double> what, bool paired) =>
        Estimate(from, what, paired, static (a, b) => a - b);

    private static Estimate Estimate(
        IReadOnlyList<double> left, IReadOnlyList<double> right, bool paired, Func<double, double, double> combine)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        ArgumentOutOfRangeException.ThrowIfZero(left.Count);
        ArgumentOutOfRangeException.ThrowIfZero(right.Count);

        // The same numbers each time, so that the same samples are always rendered alike.
        var random = new Random(20_260);
        var together = paired && left.Count == right.Count;
        var (a, b, figures) = (new double[left.Count], new double[right.Count], new double[Draws]);
        for (var draw = 0; draw < Draws; draw++)
        {
            for (var i = 0; i < a.Length; i++)
            {
                var chosen = random.Next(a.Length);
                a[i] = left[chosen];
                if (together)
                {
                    b[i] = right[chosen];
                }
            }

            for (var i = 0; !together && i < b.Length; i++)
            {
                b[i] = right[random.Next(b.Length)];
            }

            Array.Sort(a);
            Array.Sort(b);
            figures[draw] = combine(Samples.QuantileOfSorted(a, 0.5), Samples.QuantileOfSorted(b, 0.5));
        }

        Array.Sort(figures);
        var value = combine(Samples.Median(left), Samples.Median(right));
        return new Estimate(
            Samples.Digits(value),
            Samples.Digits(Samples.QuantileOfSorted(figures, 0.025)),
            Samples.Digits(Samples.QuantileOfSorted(figures, 0.975)));
    }
}
