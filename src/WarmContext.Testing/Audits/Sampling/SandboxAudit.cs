using System.Diagnostics;
using System.Net;
using WarmContext.Testing.Isolation.Preload;

namespace WarmContext.Testing.Audits.Sampling;

/// <summary>
/// Measures what a process does in each part of its life. Used under the sandbox's lock, and only where the audit is on: a sample takes
/// about a millisecond.
/// </summary>
/// <param name="processes">The function's processes, as they are now.</param>
/// <param name="runtimeApi">Where the Runtime API is.</param>
/// <param name="events">What the preloaded library has seen; null where there is none.</param>
internal sealed class SandboxAudit(Func<IReadOnlyList<int>> processes, string runtimeApi, Func<List<SocketEvent>>? events)
{
    /// <summary>
    /// How long a process runs between its thaw and the next event, so that what it resumes can be told from what the event causes.
    /// </summary>
    private static readonly TimeSpan s_thawWindow = TimeSpan.FromMilliseconds(5);

    private static readonly TimeSpan s_nextLook = TimeSpan.FromMilliseconds(2);

    // More than a thread needs that asks for the next event and compiles the code for it first.
    private static readonly TimeSpan s_stillRuns = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_goesOn = TimeSpan.FromMilliseconds(3);

    // Above what a thread gets s_stillRuns in, with a percent of a CPU.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    // The runtime's own threads, by the 15 characters of their names that Linux keeps. What they go on with, such as compiling, the
    // function can't end before the freeze.
    private static readonly string[] s_runtimeThreads =
    [
        ".NET Tiered", ".NET SynchM", ".NET EventP", ".NET SigHan", ".NET Finali", ".NET TP Gat", ".NET BGC", ".NET Server GC",
        "warmcontext",
    ];

    // The runtime's own files: pipes and sockets for debuggers.
    private static readonly string[] s_runtimeFiles = ["dotnet-diagnostic-", "clr-debug-pipe-"];

    private readonly TrafficMeter _traffic = new(IPEndPoint.Parse(runtimeApi));
    private List<string> _runningAtFreeze = [];
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

    /// <summary>What was resumed at a thaw, and the names of the threads that ran at the freeze before it.</summary>
    public (TimeSpan Cpu, List<RecordedTraffic> Traffic, List<string> Runnable) TakeAfterThaw()
    {
        // What was running at the freeze is given its turn, also where others keep the machine busy.
        var thawed = _last;
        var begun = Stopwatch.GetTimestamp();
        do
        {
            Thread.Sleep(s_thawWindow);
        }
        while (_runningAtFreeze.Count > 0 && ProcessSample.Take(processes()).CpuSince(thawed, IsOfRuntime) < s_goesOn
            && Stopwatch.GetElapsedTime(begun) < s_patience);

        var (cpu, traffic) = Take(ProcessSample.Take(processes()), IsOfRuntime);
        return (cpu, traffic, _runningAtFreeze);
    }

    /// <summary>What was used since the last time, and the names of the threads that still run.</summary>
    public (TimeSpan Cpu, List<RecordedTraffic> Traffic, List<string> Runnable) TakeBeforeFreeze()
    {
        var sample = ProcessSample.Take(processes());
        var suspects = sample.Threads.Where(IsRunning).Select(static thread => new Suspect(thread, thread)).ToList();
        var begun = Stopwatch.GetTimestamp();
        while (suspects.Exists(static suspect => !suspect.StillRuns) && Stopwatch.GetElapsedTime(begun) < s_patience)
        {
            Thread.Sleep(s_nextLook);
            sample = ProcessSample.Take(processes());
            var running = sample.Threads.Where(IsRunning).ToDictionary(static thread => thread.Id);
            suspects = suspects.FindAll(suspect => running.ContainsKey(suspect.First.Id))
                .ConvertAll(suspect => suspect with { Now = running[suspect.First.Id] });
        }

        _runningAtFreeze =
        [
            .. suspects.Where(static suspect => suspect.StillRuns || suspect.WaitsForDevice).Select(static suspect => suspect.First.Name),
        ];
        var (cpu, traffic) = Take(sample, IsOfRuntime);
        return (cpu, traffic, _runningAtFreeze);
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
            foreach (var file in new DirectoryInfo(directory).EnumerateFiles(
                "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }))
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

    internal static bool IsOfRuntime(ThreadSample thread) =>
        Array.Exists(s_runtimeThreads, name => thread.Name.StartsWith(name, StringComparison.Ordinal));

    private static bool IsRunning(ThreadSample thread) => thread.State is 'R' or 'D' && !IsOfRuntime(thread);

    private (TimeSpan Cpu, List<RecordedTraffic> Traffic) Take(ProcessSample sample, Func<ThreadSample, bool>? isLeftOut = null)
    {
        var cpu = sample.CpuSince(_last, isLeftOut);
        var traffic = _traffic.Take(sample.Sockets, sample.OpenSockets, events?.Invoke());
        _last = sample;
        return (cpu, traffic);
    }

    /// <summary>
    /// A thread that was running at every look so far. One that is about to go to sleep looks the same, for as long as others keep the CPU
    /// from it: only what it uses tells them apart.
    /// </summary>
    private readonly record struct Suspect(ThreadSample First, ThreadSample Now)
    {
        public bool StillRuns => Now.Cpu - First.Cpu >= s_stillRuns;

        public bool WaitsForDevice => Now.State == 'D';
    }
}
