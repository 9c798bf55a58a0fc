namespace WarmContext.Testing;

/// <summary>A line that the function, or an extension, wrote to standard output or standard error.</summary>
/// <param name="NotBefore">The earliest that it can have been written, from <see cref="Recording.Started"/>: lines carry no time of their own, but the phase they fell into is known.</param>
/// <param name="NotAfter">The latest that it can have been written.</param>
/// <param name="RequestId">The invocation in whose time it was written, response and background work included; null outside of any.</param>
/// <param name="Text">The line.</param>
public sealed record RecordedLogLine(TimeSpan NotBefore, TimeSpan NotAfter, string? RequestId, string Text)
{
    /// <summary>Which environment of a fleet, from 0; 0 for an environment alone.</summary>
    public int Environment { get; init; }
}
