namespace WarmContext.Tool.Running;

/// <summary>What to invoke the function with, how often, and what is to go wrong.</summary>
internal sealed record RunPlan
{
    public required IReadOnlyList<FunctionEvent> Events { get; init; }

    public int Repeat { get; init; } = 1;

    /// <summary>How many environments side by side; on Managed Instances, how many invocations at once.</summary>
    public int Concurrency { get; init; } = 1;

    /// <summary>How long to leave an environment frozen between its invocations, really.</summary>
    public TimeSpan? Pause { get; init; }

    /// <summary>How long the function is to find that every freeze was.</summary>
    public TimeSpan? FreezeFor { get; init; }

    public IReadOnlyList<Fault> Faults { get; init; } = [];

    public int Count => Events.Count * Repeat;
}
