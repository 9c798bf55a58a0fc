namespace WarmContext.Lambda.AfterResponse;

/// <summary>An event of the Extensions API.</summary>
/// <param name="Type">INVOKE, or what else Lambda may come to send.</param>
/// <param name="RequestId">The invocation it tells of; null where it tells of none.</param>
/// <param name="Deadline">When that invocation times out.</param>
internal sealed record ExtensionEvent(string Type, string? RequestId, DateTimeOffset? Deadline);
