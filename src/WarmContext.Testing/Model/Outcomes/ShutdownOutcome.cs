namespace WarmContext.Testing;

/// <summary>How an environment's Shutdown phase went.</summary>
public sealed class ShutdownOutcome
{
    /// <summary>The time that was allowed: none without extensions, 500 ms with internal ones only, 2 s with external ones.</summary>
    public required TimeSpan Limit { get; init; }

    /// <summary>The time that it took.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>True when a process was killed: no time was allowed, or the process did not end in it.</summary>
    public required bool WasKilled { get; init; }

    /// <summary>What was written to standard output and standard error in the phase, a line each.</summary>
    public required IReadOnlyList<string> Log { get; init; }
}
