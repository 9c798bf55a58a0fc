namespace WarmContext;

/// <summary>A tracked task in a <see cref="BackgroundReport"/>. Immutable.</summary>
public sealed class BackgroundTaskResult
{
    internal BackgroundTaskResult(string name, BackgroundTaskOutcome outcome, TimeSpan duration, Exception? exception)
    {
        Name = name;
        Outcome = outcome;
        Duration = duration;
        Exception = exception;
    }

    /// <summary>The name under which it was tracked.</summary>
    public string Name { get; }

    /// <summary>How it ended.</summary>
    public BackgroundTaskOutcome Outcome { get; }

    /// <summary>The time from when it was tracked until it ended or was abandoned.</summary>
    public TimeSpan Duration { get; }

    /// <summary>What it failed with; null unless it failed.</summary>
    public Exception? Exception { get; }
}
