using System.Diagnostics.CodeAnalysis;

namespace WarmContext.Testing;

/// <summary>A phase of an execution environment. All times count from <see cref="Recording.Started"/>.</summary>
public sealed class RecordedPhase
{
    /// <summary>Makes an empty one.</summary>
    public RecordedPhase()
    {
    }

    /// <summary>Makes a copy, to change some of it in an initializer.</summary>
    [SetsRequiredMembers]
    internal RecordedPhase(RecordedPhase other)
    {
        Kind = other.Kind;
        Environment = other.Environment;
        Process = other.Process;
        Start = other.Start;
        End = other.End;
        RequestId = other.RequestId;
        DeclaredDuration = other.DeclaredDuration;
        Error = other.Error;
    }

    /// <summary>What the environment was doing.</summary>
    public required RecordedPhaseKind Kind { get; init; }

    /// <summary>Which environment of a fleet, from 0; 0 for an environment alone.</summary>
    public int Environment { get; init; }

    /// <summary>Which process of the environment, from 1: every reset starts another.</summary>
    public required int Process { get; init; }

    /// <summary>When the phase began.</summary>
    public required TimeSpan Start { get; init; }

    /// <summary>When the phase ended; null while it goes on.</summary>
    public TimeSpan? End { get; init; }

    /// <summary>The invocation that the phase belongs to; null when there is none.</summary>
    public string? RequestId { get; init; }

    /// <summary>How long the freeze was for the function, where it was declared longer than it was; null for any other phase.</summary>
    public TimeSpan? DeclaredDuration { get; init; }

    /// <summary>What ended the phase before its time; null when nothing did.</summary>
    public string? Error { get; init; }
}
