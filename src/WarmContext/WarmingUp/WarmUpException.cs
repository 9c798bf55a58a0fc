namespace WarmContext;

/// <summary>Thrown by a <see cref="WarmUp"/> when an item that is required failed, or was not done within the budget. It names them.</summary>
public sealed class WarmUpException : Exception
{
    internal WarmUpException(WarmUpReport report, IReadOnlyList<WarmUpItemResult> missing)
        : base(
            "Warm-up failed: " + string.Join(", ", missing.Select(static item => $"{item.Name} ({(item.Outcome == WarmUpOutcome.Running ? "not done in time" : item.Exception?.Message ?? "failed")})")),
            missing.Select(static item => item.Exception).FirstOrDefault(static exception => exception is not null)) => Report = report;

    /// <summary>What became of every item.</summary>
    public WarmUpReport Report { get; }
}
