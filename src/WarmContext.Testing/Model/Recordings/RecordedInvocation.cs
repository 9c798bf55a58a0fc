using System.Diagnostics.CodeAnalysis;

namespace WarmContext.Testing;

/// <summary>
/// An invocation, and, with <see cref="LocalFunctionOptions.Audit"/>, what the function used for it. All times count from
/// <see cref="Recording.Started"/>.
/// </summary>
public sealed class RecordedInvocation
{
    /// <summary>Makes an empty one.</summary>
    public RecordedInvocation()
    {
    }

    /// <summary>Makes a copy, to change some of it in an initializer.</summary>
    [SetsRequiredMembers]
    internal RecordedInvocation(RecordedInvocation other)
    {
        RequestId = other.RequestId;
        Environment = other.Environment;
        Process = other.Process;
        IsColdStart = other.IsColdStart;
        InitDuration = other.InitDuration;
        Start = other.Start;
        Responded = other.Responded;
        End = other.End;
        Error = other.Error;
        EventBytes = other.EventBytes;
        ResponseBytes = other.ResponseBytes;
        IsAudited = other.IsAudited;
        CpuTime = other.CpuTime;
        Traffic = other.Traffic;
        ResumedWork = other.ResumedWork;
        BackgroundWork = other.BackgroundWork;
        MemoryBytes = other.MemoryBytes;
        TemporaryBytes = other.TemporaryBytes;
        TemporaryFiles = other.TemporaryFiles;
    }

    /// <summary>The request id.</summary>
    public required string RequestId { get; init; }

    /// <summary>Which environment of a fleet, from 0; 0 for an environment alone.</summary>
    public int Environment { get; init; }

    /// <summary>Which process of the environment, from 1.</summary>
    public required int Process { get; init; }

    /// <summary>True for the first invocation of a process.</summary>
    public bool IsColdStart { get; init; }

    /// <summary>How long the process's Init took; null unless this is its first invocation.</summary>
    public TimeSpan? InitDuration { get; init; }

    /// <summary>When the event was delivered.</summary>
    public required TimeSpan Start { get; init; }

    /// <summary>When the response was posted; null while there is none.</summary>
    public TimeSpan? Responded { get; init; }

    /// <summary>
    /// When the runtime and every extension had asked for the next event, or the process ended; null while the invocation goes on.
    /// </summary>
    public TimeSpan? End { get; init; }

    /// <summary>Why the invocation failed, as type and message; null when it succeeded.</summary>
    public string? Error { get; init; }

    /// <summary>The size of the event in bytes.</summary>
    public long EventBytes { get; init; }

    /// <summary>The size of the response in bytes.</summary>
    public long ResponseBytes { get; init; }

    /// <summary>
    /// True when the figures that follow were taken. They are taken with <see cref="LocalFunctionOptions.Audit"/>, and not on Managed
    /// Instances, where invocations overlap.
    /// </summary>
    public bool IsAudited { get; init; }

    /// <summary>The CPU time used from the delivery of the event until the response.</summary>
    public TimeSpan CpuTime { get; init; }

    /// <summary>What went over the network from the delivery of the event until the response, by remote address.</summary>
    public IReadOnlyList<RecordedTraffic> Traffic { get; init; } = [];

    /// <summary>
    /// What the function did between the thaw and the delivery of this event, left over from an earlier invocation; null when the function
    /// wasn't thawed for it.
    /// </summary>
    public RecordedWork? ResumedWork { get; init; }

    /// <summary>What the function did between its response and the freeze; null until the freeze.</summary>
    public RecordedWork? BackgroundWork { get; init; }

    /// <summary>The memory that the process had resident at the end, in bytes.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>The size of the files in the ephemeral storage at the end, in bytes.</summary>
    public long TemporaryBytes { get; init; }

    /// <summary>The number of files in the ephemeral storage at the end.</summary>
    public int TemporaryFiles { get; init; }
}
