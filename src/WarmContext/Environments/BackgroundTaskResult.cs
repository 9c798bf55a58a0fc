namespace WarmContext;

/// <summary>One tracked task in a <see cref="BackgroundReport"/>.</summary>
/// <param name="Name">The name it was tracked under.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Duration">From when it was tracked until it ended or was abandoned.</param>
/// <param name="Exception">What it failed with; null unless it failed.</param>
public sealed record BackgroundTaskResult(string Name, BackgroundTaskOutcome Outcome, TimeSpan Duration, Exception? Exception);
