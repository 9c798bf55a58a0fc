namespace WarmContext;

/// <summary>What became of a <see cref="WarmUp"/>.</summary>
public sealed class WarmUpReport
{
    internal WarmUpReport(IReadOnlyList<WarmUpItemResult> items, TimeSpan duration)
    {
        Items = items;
        Duration = duration;
    }

    /// <summary>Every item, in the order they were added.</summary>
    public IReadOnlyList<WarmUpItemResult> Items { get; }

    /// <summary>How long the warm-up was waited for.</summary>
    public TimeSpan Duration { get; }

    /// <summary>True when every item completed.</summary>
    public bool AllCompleted => Items.All(static item => item.Outcome == WarmUpOutcome.Completed);
}
