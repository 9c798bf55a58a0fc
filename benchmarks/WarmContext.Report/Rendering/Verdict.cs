using WarmContext.Report.Model;

namespace WarmContext.Report.Rendering;

/// <summary>What a row's figures say in words: also where WarmContext loses, or saves nothing.</summary>
public static class Verdict
{
    /// <summary>Differences below this share of the baseline don't count, however sure they are.</summary>
    private const double Negligible = 0.02;

    // An interval that reaches further than this to either side says that nothing is known, not that nothing is saved.
    private const double Noticeable = 0.1;

    // Below a clock cycle or two, what is told apart is how the code happens to lie in memory.
    private const double ShortestNanoseconds = 1;

    /// <summary>Whether a saving, or a cost, comes to nothing: chance may explain it, or it doesn't matter.</summary>
    public static bool IsNothing(Estimate saved, Spread baseline, Unit unit)
    {
        ArgumentNullException.ThrowIfNull(saved);
        ArgumentNullException.ThrowIfNull(baseline);
        return saved.Holds(0)
            || Math.Abs(saved.Value) < Negligible * Math.Abs(baseline.Median)
            || (unit == Unit.Nanoseconds && Math.Abs(saved.Value) < ShortestNanoseconds);
    }

    public static string Of(Question question, Row row)
    {
        ArgumentNullException.ThrowIfNull(question);
        ArgumentNullException.ThrowIfNull(row);
        if (row.Failed > 0)
        {
            var after = row.FailedAfter is { } time ? $", after {Format.Time(time)}" : string.Empty;
            return $"**{question.FailureWord ?? "failed"} {row.Failed} of {row.Attempts}**{after}";
        }

        if (question.FailureWord is { } word)
        {
            return $"{word} 0 of {row.Attempts}";
        }

        if (row.Role == RowRole.Baseline)
        {
            return "the baseline";
        }

        if (row.Saved is not { } saved || question.BaselineOf(row)?.Spread is not { } baseline)
        {
            return string.Empty;
        }

        return Amount(saved, baseline, question.Unit);
    }

    /// <summary>A saving in words.</summary>
    public static string Amount(Estimate saved, Spread baseline, Unit unit)
    {
        ArgumentNullException.ThrowIfNull(saved);
        ArgumentNullException.ThrowIfNull(baseline);
        return saved switch
        {
            _ when IsNothing(saved, baseline, unit) =>
                Math.Max(saved.High, -saved.Low) > Noticeable * Math.Abs(baseline.Median) && IsMeasurable(saved, unit)
                    ? "lost in noise"
                    : "saves nothing",
            { Value: > 0 } => $"saves {Format.Of(saved.Value, unit)}",
            _ => $"costs {Format.Of(-saved.Value, unit)}",
        };
    }

    private static bool IsMeasurable(Estimate saved, Unit unit) =>
        unit != Unit.Nanoseconds || Math.Max(saved.High, -saved.Low) >= ShortestNanoseconds;
}
