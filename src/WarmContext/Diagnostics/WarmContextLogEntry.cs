namespace WarmContext;

/// <summary>One log entry of WarmContext.</summary>
/// <param name="Level">How grave it is.</param>
/// <param name="EventId">The event's number, the same in every version.</param>
/// <param name="EventName">The event's name, the same in every version.</param>
/// <param name="Message">What happened, in one sentence or two.</param>
/// <param name="RequestId">The invocation it belongs to; null outside any.</param>
/// <param name="Exception">The exception behind it, if any.</param>
public sealed record WarmContextLogEntry(
    WarmContextLogLevel Level, int EventId, string EventName, string Message, string? RequestId, Exception? Exception);
