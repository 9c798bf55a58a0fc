namespace WarmContext.Testing.Sandboxes;

/// <summary>What a sandbox has to say of an invocation.</summary>
/// <param name="Payload">What was answered.</param>
/// <param name="Error">Why it failed; null when it didn't.</param>
/// <param name="Answered">When, a timestamp of <see cref="System.Diagnostics.Stopwatch"/>.</param>
/// <param name="LogPosition">Where the function's log stood then.</param>
internal sealed record InvocationAnswer(ReadOnlyMemory<byte> Payload, FunctionError? Error, long Answered, long LogPosition);
