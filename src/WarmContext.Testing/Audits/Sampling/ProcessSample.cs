namespace WarmContext.Testing.Audits.Sampling;

/// <summary>What a function's processes have used so far, and what they have open.</summary>
/// <param name="Threads">Their threads.</param>
/// <param name="CoarseCpu">Their CPU time with that of threads that have ended, in steps of 10 ms.</param>
/// <param name="Sockets">Their TCP connections.</param>
/// <param name="OpenSockets">The numbers of all sockets that they have open.</param>
internal sealed record ProcessSample(
    IReadOnlyList<ThreadSample> Threads, TimeSpan CoarseCpu, IReadOnlyList<TcpSocket> Sockets, IReadOnlySet<long> OpenSockets)
{
    public static ProcessSample Empty { get; } = new([], TimeSpan.Zero, [], new HashSet<long>());

    public static ProcessSample Take(IReadOnlyList<int> processes)
    {
        var sockets = ProcessSockets.Of(processes, out var open);
        return new ProcessSample(
            ThreadTable.Of(processes),
            processes.Aggregate(TimeSpan.Zero, static (sum, process) => sum + ThreadTable.CoarseCpuOf(process)),
            sockets,
            open);
    }

    /// <summary>
    /// The CPU time used since an earlier sample: exact for the threads that there still are; what ended threads used counts from 20 ms on.
    /// </summary>
    /// <param name="earlier">The earlier sample.</param>
    /// <param name="isLeftOut">Threads whose time doesn't count; null where that of all does.</param>
    public TimeSpan CpuSince(ProcessSample earlier, Func<ThreadSample, bool>? isLeftOut = null)
    {
        var before = earlier.Threads.ToDictionary(static thread => thread.Id, static thread => thread.Cpu);
        var (exact, leftOut) = (TimeSpan.Zero, TimeSpan.Zero);
        foreach (var thread in Threads)
        {
            var used = thread.Cpu - before.GetValueOrDefault(thread.Id);
            exact += used;
            leftOut += isLeftOut?.Invoke(thread) == true ? used : TimeSpan.Zero;
        }

        var coarse = CoarseCpu - earlier.CoarseCpu;
        var counted = (coarse - exact >= TimeSpan.FromMilliseconds(20) ? coarse : exact) - leftOut;
        return counted < TimeSpan.Zero ? TimeSpan.Zero : counted;
    }
}
