namespace WarmContext.Testing.Recordings;

/// <summary>Where the log stood at a moment.</summary>
/// <param name="Position">How much had been written, in bytes.</param>
/// <param name="At">The moment.</param>
/// <param name="RequestId">The invocation that runs from then on; null when there is none.</param>
internal sealed record LogMark(long Position, TimeSpan At, string? RequestId);
