using WarmContext.Diagnostics;

namespace WarmContext;

/// <summary>A required item of a <see cref="WarmUp"/> failed, or was not done within the budget. The message names the items.</summary>
public sealed class WarmUpException : Exception
{
    internal WarmUpException(WarmUpReport report, IReadOnlyList<WarmUpItemResult> missing)
        : base(
            "Warm-up failed: " + string.Join(", ", missing.Select(Describe)),
            missing.Select(static item => item.Exception).FirstOrDefault(static exception => exception is not null)) => Report = report;

    /// <summary>The outcome of every item.</summary>
    public WarmUpReport Report { get; }

    private static string Describe(WarmUpItemResult item)
    {
        var reason = item.Outcome == WarmUpOutcome.Running ? "not done in time" : item.Exception?.Message ?? "failed";
        return $"{LogText.Escape(item.Name)} ({reason})";
    }
}
