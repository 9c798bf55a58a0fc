using System.Diagnostics.CodeAnalysis;

namespace WarmContext.Testing;

/// <summary>Something that the audit found, and the practice that repairs it.</summary>
public sealed class Finding
{
    /// <summary>Makes an empty one.</summary>
    public Finding()
    {
    }

    /// <summary>Makes a copy, to change some of it in an initializer.</summary>
    [SetsRequiredMembers]
    internal Finding(Finding other)
    {
        Kind = other.Kind;
        Severity = other.Severity;
        Message = other.Message;
        Practice = other.Practice;
        Remedy = other.Remedy;
        Rules = other.Rules;
        RequestIds = other.RequestIds;
        At = other.At;
        Environment = other.Environment;
    }

    /// <summary>The kind of the finding.</summary>
    public required FindingKind Kind { get; init; }

    /// <summary>How much the finding matters.</summary>
    public required FindingSeverity Severity { get; init; }

    /// <summary>What was seen, with its figures.</summary>
    public required string Message { get; init; }

    /// <summary>The practice that repairs it, in a few words.</summary>
    public required string Practice { get; init; }

    /// <summary>What to do, with the types of WarmContext that do it.</summary>
    public required string Remedy { get; init; }

    /// <summary>The analyzer rules that find the usual causes in code, like WARM0001; empty where there are none.</summary>
    public IReadOnlyList<string> Rules { get; init; } = [];

    /// <summary>The invocations in which it was seen; empty when it belongs to none.</summary>
    public IReadOnlyList<string> RequestIds { get; init; } = [];

    /// <summary>When it was first seen, from <see cref="Recording.Started"/>.</summary>
    public TimeSpan At { get; init; }

    /// <summary>Which environment of a fleet, from 0; 0 for an environment alone.</summary>
    public int Environment { get; init; }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Severity} {Kind}: {Message} {Remedy}{(Rules.Count == 0 ? string.Empty : $" ({string.Join(", ", Rules)})")}";
}
