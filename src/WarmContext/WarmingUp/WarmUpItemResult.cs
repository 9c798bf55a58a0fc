namespace WarmContext;

/// <summary>An item of a <see cref="WarmUpReport"/>. Immutable.</summary>
public sealed class WarmUpItemResult
{
    internal WarmUpItemResult(string name, WarmUpOutcome outcome, TimeSpan duration, Exception? exception)
    {
        Name = name;
        Outcome = outcome;
        Duration = duration;
        Exception = exception;
    }

    /// <summary>The name under which it was added.</summary>
    public string Name { get; }

    /// <summary>How far it has come.</summary>
    public WarmUpOutcome Outcome { get; }

    /// <summary>The time that it took, or has run so far.</summary>
    public TimeSpan Duration { get; }

    /// <summary>The exception that it threw; null where there is none.</summary>
    public Exception? Exception { get; }
}
