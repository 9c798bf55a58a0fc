using System.Diagnostics;
using System.Net;
using WarmContext.Testing.Audits.Sampling;

namespace WarmContext.Testing.Audits;

/// <summary>Measures what a process does in each part of its life. Used under the sandbox's lock, and only where the audit is on: a sample takes about a millisecond.</summary>
/// <param name="processes">The function's processes, as they are now.</param>
/// <param name="runtimeApi">Where the Runtime API is.</param>
/// <param name="events">What the preloaded library has seen; null where there is none.</param>
internal sealed class SandboxAudit(Func<IReadOnlyList<int>> processes, string runtimeApi, Func<List<SocketEvent>>? events)
{
    /// <summary>How long a process runs between its thaw and the next event, so that what it resumes can be told from what the event causes.</summary>
    public static readonly TimeSpan ThawWindow = TimeSpan.FromMilliseconds(5);

    private static readonly TimeSpan s_nextLook = TimeSpan.FromMilliseconds(2);

    private static readonly TimeSpan s_turn = TimeSpan.FromMilliseconds(3);
    private static readonly TimeSpan s_turnPatience = TimeSpan.FromMilliseconds(200);

    // The runtime's own threads, by the 15 characters of their names that Linux keeps. What they go on with, such as compiling, the function can't end before the freeze.
    private static readonly string[] s_runtimeThreads = [".NET Tiered", ".NET SynchM", ".NET EventP", ".NET SigHan", ".NET Finali", ".NET TP Gat", ".NET BGC", "warmcontext"];

    // The runtime's own files: pipes and sockets for debuggers.
    private static readonly string[] s_runtimeFiles = ["dotnet-diagnostic-", "clr-debug-pipe-"];

    private readonly TrafficMeter _traffic = new(IPEndPoint.Parse(runtimeApi));
    private bool _wasRunning;
    private ProcessSample _last = ProcessSample.Empty;

    /// <summary>What was used since the last time.</summary>
    public (TimeSpan Cpu, List<RecordedTraffic> Traffic) Take() => Take(ProcessSample.Take(processes()));

    /// <summary>To be called just before a thaw: what is used from now on, is used after it.</summary>
    public void Thawing()
    {
        Take();
        _traffic.Thawing(_last.Sockets);
    }

    /// <summary>All connections are about to be cut off.</summary>
    public void CutOff() => _traffic.Thawing(_last.Sockets, allAreDead: true);

    /// <summary>What was resumed at a thaw.</summary>
    public (TimeSpan Cpu, List<RecordedTraffic> Traffic) TakeAfterThaw()
    {
        // What was running at the freeze is given its turn, also where others keep the machine busy.
        var thawed = _last;
        var begun = Stopwatch.GetTimestamp();
        do
        {
            Thread.Sleep(ThawWindow);
        }
        while (_wasRunning && ProcessSample.Take(processes()).CpuSince(thawed, IsOfRuntime) < s_turn && Stopwatch.GetElapsedTime(begun) < s_turnPatience);

        return Take(ProcessSample.Take(processes()), IsOfRuntime);
    }

    /// <summary>What was used since the last time, and the names of the threads that still run.</summary>
    public (TimeSpan Cpu, List<RecordedTraffic> Traffic, List<string> Runnable) TakeBeforeFreeze()
    {
        var sample = ProcessSample.Take(processes());
        var suspects = Running(sample);
        var begun = Stopwatch.GetTimestamp();
        while (suspects.Exists(static suspect => !suspect.IsCertain) && Stopwatch.GetElapsedTime(begun) < s_turnPatience)
        {
            Thread.Sleep(s_nextLook);
            sample = ProcessSample.Take(processes());
            var running = Running(sample).ToDictionary(static suspect => suspect.Thread.Id, static suspect => suspect.Thread.Cpu);
            suspects = suspects.FindAll(suspect => running.ContainsKey(suspect.Thread.Id)).ConvertAll(suspect => suspect with { Used = running[suspect.Thread.Id] - suspect.Thread.Cpu });
        }

        suspects.RemoveAll(static suspect => !suspect.IsCertain);
        _wasRunning = suspects.Count > 0;

        var (cpu, traffic) = Take(sample, IsOfRuntime);
        return (cpu, traffic, suspects.ConvertAll(static suspect => suspect.Thread.Name));
    }

    /// <summary>What the processes have resident in memory.</summary>
    public long MemoryBytes() => processes().Sum(ThreadTable.ResidentBytesOf);

    /// <summary>How much is in a directory.</summary>
    public static (long Bytes, int Files) SizeOf(string directory)
    {
        long bytes = 0;
        var files = 0;
        try
        {
            foreach (var file in new DirectoryInfo(directory).EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }))
            {
                if (!Array.Exists(s_runtimeFiles, name => file.Name.StartsWith(name, StringComparison.Ordinal)))
                {
                    bytes += file.Length;
                    files++;
                }
            }
        }
        catch (IOException)
        {
            // Something was deleted meanwhile.
        }

        return (bytes, files);
    }

    internal static bool IsOfRuntime(ThreadSample thread) => Array.Exists(s_runtimeThreads, name => thread.Name.StartsWith(name, StringComparison.Ordinal));

    private static List<Suspect> Running(ProcessSample sample) =>
        [.. sample.Threads.Where(static thread => thread.State is 'R' or 'D' && !IsOfRuntime(thread)).Select(static thread => new Suspect(thread, TimeSpan.Zero))];

    private (TimeSpan Cpu, List<RecordedTraffic> Traffic) Take(ProcessSample sample, Func<ThreadSample, bool>? isLeftOut = null)
    {
        var cpu = sample.CpuSince(_last, isLeftOut);
        var traffic = _traffic.Take(sample.Sockets, sample.OpenSockets, events?.Invoke());
        _last = sample;
        return (cpu, traffic);
    }

    /// <summary>A thread that seems to run. A worker of the pool that is about to go to sleep looks the same, for as long as others keep the CPU from it.</summary>
    private readonly record struct Suspect(ThreadSample Thread, TimeSpan Used)
    {
        // Where the kernel has no scheduler statistics, looking is all there is.
        public bool IsCertain => Used >= s_turn || Thread.State == 'D' || Thread.Cpu == TimeSpan.Zero;
    }
}
