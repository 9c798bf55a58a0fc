namespace WarmContext.Report.Model;

/// <summary>
/// A figure with its interval: with 95 % confidence the true value lies between <see cref="Low"/> and <see cref="High"/>,
/// as far as the samples stand for it.
/// </summary>
public sealed record Estimate(double Value, double Low, double High)
{
    /// <summary>Whether the interval holds the given value.</summary>
    public bool Holds(double value) => Low <= value && value <= High;
}
