using System.Diagnostics.CodeAnalysis;

namespace WarmContext.Testing;

/// <summary>
/// A line that the function, or an extension, wrote to standard output or standard error. All times count from
/// <see cref="Recording.Started"/>.
/// </summary>
/// <remarks>A line carries no time of its own. The phase that it fell into is known, and bounds the time.</remarks>
public sealed class RecordedLogLine
{
    /// <summary>Makes an empty one.</summary>
    public RecordedLogLine()
    {
    }

    /// <summary>Makes a copy, to change some of it in an initializer.</summary>
    [SetsRequiredMembers]
    internal RecordedLogLine(RecordedLogLine other)
    {
        NotBefore = other.NotBefore;
        NotAfter = other.NotAfter;
        RequestId = other.RequestId;
        Text = other.Text;
        Environment = other.Environment;
    }

    /// <summary>The earliest time at which the line can have been written.</summary>
    public required TimeSpan NotBefore { get; init; }

    /// <summary>The latest time at which the line can have been written.</summary>
    public required TimeSpan NotAfter { get; init; }

    /// <summary>The invocation in whose time the line was written, response and background work included; null outside of any.</summary>
    public string? RequestId { get; init; }

    /// <summary>The line.</summary>
    public required string Text { get; init; }

    /// <summary>Which environment of a fleet, from 0; 0 for an environment alone.</summary>
    public int Environment { get; init; }
}
