using System.Diagnostics.CodeAnalysis;

namespace WarmContext.Testing;

/// <summary>What a function did while no invocation was waiting for it. All times count from <see cref="Recording.Started"/>.</summary>
public sealed class RecordedWork
{
    /// <summary>Makes an empty one.</summary>
    public RecordedWork()
    {
    }

    /// <summary>Makes a copy, to change some of it in an initializer.</summary>
    [SetsRequiredMembers]
    internal RecordedWork(RecordedWork other)
    {
        Start = other.Start;
        End = other.End;
        CpuTime = other.CpuTime;
        Traffic = other.Traffic;
        LogLines = other.LogLines;
        RunnableThreads = other.RunnableThreads;
        WasHeldByExtension = other.WasHeldByExtension;
        WasHeldByRuntime = other.WasHeldByRuntime;
    }

    /// <summary>When the work began: when the response was posted, or the process was thawed.</summary>
    public required TimeSpan Start { get; init; }

    /// <summary>When the work ended: at the freeze, or when the next event was delivered.</summary>
    public required TimeSpan End { get; init; }

    /// <summary>The CPU time used.</summary>
    public TimeSpan CpuTime { get; init; }

    /// <summary>What went over the network.</summary>
    public IReadOnlyList<RecordedTraffic> Traffic { get; init; } = [];

    /// <summary>How many lines were written to standard output and standard error.</summary>
    public int LogLines { get; init; }

    /// <summary>
    /// The names of the threads that certainly still ran at the freeze: the freeze after this work, or, for resumed work, the freeze before
    /// it.
    /// </summary>
    public IReadOnlyList<string> RunnableThreads { get; init; } = [];

    /// <summary>
    /// True when an extension asked for its next event only after the response, and so held the freeze back. This is how work after the
    /// response is finished.
    /// </summary>
    public bool WasHeldByExtension { get; init; }

    /// <summary>
    /// True when the runtime had something to do before it asked for its next event, and so held the freeze back. The runtime says so, as
    /// WarmContext's RuntimeGate does, or took 100 ms or more.
    /// </summary>
    public bool WasHeldByRuntime { get; init; }
}
