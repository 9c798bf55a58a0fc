namespace WarmContext.Testing.Sandboxes;

/// <summary>How an Init ended.</summary>
/// <param name="Duration">How long it took.</param>
/// <param name="Error">Why it failed; null when it didn't.</param>
/// <param name="Payload">What the function reported.</param>
internal sealed record InitOutcome(TimeSpan Duration, FunctionError? Error, ReadOnlyMemory<byte> Payload);
