namespace WarmContext.Benchmarks.Connections;

/// <summary>What is compared, over connections of its own.</summary>
internal sealed record PairedSides(Func<Task> Baseline, Func<Task> Warm, Action Cleanup)
{
    public Action? BeforeBaseline { get; init; }

    public Action? BeforeWarm { get; init; }

    public Action? After { get; init; }
}
