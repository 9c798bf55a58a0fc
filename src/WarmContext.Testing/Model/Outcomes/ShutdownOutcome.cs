namespace WarmContext.Testing;

/// <summary>How an environment's Shutdown phase went.</summary>
/// <param name="Limit">What it was allowed: nothing without extensions, 500 ms with internal ones only, 2 s with external ones.</param>
/// <param name="Duration">How long it took.</param>
/// <param name="WasKilled">True when a process had to be killed: because it was allowed no time, or did not end in it.</param>
/// <param name="Log">What was written to standard output and standard error in it, a line each.</param>
public sealed record ShutdownOutcome(TimeSpan Limit, TimeSpan Duration, bool WasKilled, IReadOnlyList<string> Log);
