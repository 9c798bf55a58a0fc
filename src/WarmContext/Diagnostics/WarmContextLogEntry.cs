using WarmContext.Diagnostics;

namespace WarmContext;

/// <summary>A log entry of WarmContext. Immutable.</summary>
public sealed class WarmContextLogEntry
{
    /// <summary>Creates an entry.</summary>
    /// <param name="level">The severity.</param>
    /// <param name="eventId">The event's number.</param>
    /// <param name="eventName">The event's name.</param>
    /// <param name="message">What happened. Its control characters are escaped.</param>
    /// <param name="requestId">The invocation that it belongs to; null outside any.</param>
    /// <param name="exception">The exception behind it; null where there is none.</param>
    /// <exception cref="ArgumentNullException">The name or the message is null.</exception>
    public WarmContextLogEntry(
        WarmContextLogLevel level, int eventId, string eventName, string message, string? requestId, Exception? exception)
    {
        ArgumentNullException.ThrowIfNull(eventName);
        ArgumentNullException.ThrowIfNull(message);
        Level = level;
        EventId = eventId;
        EventName = eventName;
        Message = LogText.Escape(message);
        RequestId = requestId is null ? null : LogText.Escape(requestId);
        Exception = exception;
    }

    /// <summary>The severity.</summary>
    public WarmContextLogLevel Level { get; }

    /// <summary>The event's number. It is the same in every version.</summary>
    public int EventId { get; }

    /// <summary>The event's name. It is the same in every version.</summary>
    public string EventName { get; }

    /// <summary>
    /// What happened, in one sentence or two, on one line: control characters, which names and keys may bring along, are written as their
    /// codes.
    /// </summary>
    public string Message { get; }

    /// <summary>The invocation that it belongs to; null outside any.</summary>
    public string? RequestId { get; }

    /// <summary>The exception behind it; null where there is none.</summary>
    public Exception? Exception { get; }

    /// <summary>The message, with the request id where there is one.</summary>
    public override string ToString() => RequestId is null ? Message : $"{Message} RequestId: {RequestId}";
}
