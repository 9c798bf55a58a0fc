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

    /// <summary>When it began: when the response was posted, or the process was thawed.</summary>
    public required TimeSpan Start { get; init; }

    /// <summary>When it ended: at the freeze, or when the next event was delivered.</summary>
    public required TimeSpan End { get; init; }

    /// <summary>The CPU time used.</summary>
    public TimeSpan CpuTime { get; init; }

    /// <summary>What went over the network.</summary>
    public IReadOnlyList<RecordedTraffic> Traffic { get; init; } = [];

    /// <summary>How many lines were written to standard output and standard error.</summary>
    public int LogLines { get; init; }

    /// <summary>
    /// The names of the threads that certainly still ran when the process was frozen: after this work, or, for work that was resumed,
    /// before it.
    /// </summary>
    public IReadOnlyList<string> RunnableThreads { get; init; } = [];

    /// <summary>
    /// True when an extension asked for its next event only after the response, and so held the freeze back: the way to finish work after
    /// the response.
    /// </summary>
    public bool WasHeldByExtension { get; init; }

    /// <summary>
    /// True when the runtime itself had something to do before it asked for its next event, and so held the freeze back: it says so, as
    /// WarmContext's RuntimeGate does, or it took 100 ms or more.
    /// </summary>
    public bool WasHeldByRuntime { get; init; }
}
