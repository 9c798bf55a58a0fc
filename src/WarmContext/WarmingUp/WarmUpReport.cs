namespace WarmContext;

/// <summary>The outcome of a <see cref="WarmUp"/>. Immutable.</summary>
public sealed class WarmUpReport
{
    internal WarmUpReport(IReadOnlyList<WarmUpItemResult> items, TimeSpan duration)
    {
        Items = items;
        Duration = duration;
    }

    /// <summary>Every item, in the order in which they were added.</summary>
    public IReadOnlyList<WarmUpItemResult> Items { get; }

    /// <summary>How long the caller waited for the warm-up.</summary>
    public TimeSpan Duration { get; }

    internal bool IsFinished
    {
        get
        {
            foreach (var item in Items)
            {
                if (item.Outcome == WarmUpOutcome.Running)
                {
                    return false;
                }
            }

            return true;
        }
    }

    internal string Names(WarmUpOutcome outcome) =>
        string.Join(", ", Items.Where(item => item.Outcome == outcome).Select(static item => item.Name));

    /// <summary>True when every item completed.</summary>
    public bool AllCompleted => Items.All(static item => item.Outcome == WarmUpOutcome.Completed);
}
