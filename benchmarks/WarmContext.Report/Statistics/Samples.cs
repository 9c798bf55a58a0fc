using WarmContext.Report.Model;

namespace WarmContext.Report.Statistics;

/// <summary>What can be said of samples alone.</summary>
public static class Samples
{
    /// <summary>The most samples kept of a row.</summary>
    public const int MaxKept = 240;

    /// <summary>The value that the given share of the samples lies below, interpolated between neighbours.</summary>
    /// <exception cref="ArgumentException">There are none.</exception>
    public static double Quantile(IReadOnlyCollection<double> samples, double share)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentOutOfRangeException.ThrowIfZero(samples.Count);
        var sorted = samples.ToArray();
        Array.Sort(sorted);
        return QuantileOfSorted(sorted, share);
    }

    public static double Median(IReadOnlyCollection<double> samples) => Quantile(samples, 0.5);

    public static Spread? Spread(IReadOnlyCollection<double> samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        return samples.Count == 0
            ? null
            : new Spread(Digits(Quantile(samples, 0.5)), Digits(Quantile(samples, 0.25)), Digits(Quantile(samples, 0.75)), samples.Count);
    }

    /// <summary>As many as are kept, evenly spread over the order of measurement.</summary>
    public static IReadOnlyList<double> Thin(IReadOnlyList<double> samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        return samples.Count <= MaxKept
            ? samples
            : [.. Enumerable.Range(0, MaxKept).Select(i => samples[(int)((long)i * samples.Count / MaxKept)])];
    }

    /// <summary>To four significant digits: more would be noise, and make every difference of two files long.</summary>
    public static double Digits(double value)
    {
        if (value == 0 || !double.IsFinite(value))
        {
            return value;
        }

        var scale = (int)Math.Floor(Math.Log10(Math.Abs(value))) - 3;
        return scale >= 0 ? Math.Round(value / Math.Pow(10, scale)) * Math.Pow(10, scale) : Math.Round(value, Math.Min(15, -scale));
    }

    internal static double QuantileOfSorted(ReadOnlySpan<double> sorted, double share)
    {
        var position = share * (sorted.Length - 1);
        var below = (int)position;
        return below + 1 >= sorted.Length ? sorted[^1] : sorted[below] + ((position - below) * (sorted[below + 1] - sorted[below]));
    }
}
