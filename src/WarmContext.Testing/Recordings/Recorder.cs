using System.Diagnostics;
using WarmContext.Testing.Audits;
using WarmContext.Testing.Functions;

namespace WarmContext.Testing.Recordings;

/// <summary>
/// Writes down what happens in an environment. Safe to use from several threads at once; each call takes a lock of its own for a moment.
/// </summary>
internal sealed class Recorder(LocalFunctionOptions options, FunctionLog log, Func<IReadOnlyList<string>> limitations)
{
    private readonly object _gate = new();
    private readonly long _origin = Stopwatch.GetTimestamp();
    private readonly DateTimeOffset _started = DateTimeOffset.UtcNow;
    private readonly List<Entry<RecordedPhase>> _phases = [];
    private readonly List<Entry<RecordedInvocation>> _invocations = [];
    private readonly List<LogMark> _marks = [];
    private readonly Lazy<IReadOnlyList<PackageFile>> _package = new(() => PackageReader.Read(options.AssemblyDirectory));
    private Recording? _final;

    /// <summary>The time since the recording began.</summary>
    public TimeSpan Now => Stopwatch.GetElapsedTime(_origin);

    public Entry<RecordedPhase> Begin(RecordedPhaseKind kind, int process, string? requestId = null)
    {
        lock (_gate)
        {
            var entry = new Entry<RecordedPhase>(
                new RecordedPhase { Kind = kind, Process = process, Start = Mark(requestId), RequestId = requestId });
            _phases.Add(entry);
            return entry;
        }
    }

    public void End(Entry<RecordedPhase>? phase, string? error = null)
    {
        lock (_gate)
        {
            if (phase is { Value.End: null })
            {
                phase.Value = new RecordedPhase(phase.Value) { End = Mark(null), Error = error };
            }
        }
    }

    public Entry<RecordedInvocation> Begin(RecordedInvocation invocation)
    {
        lock (_gate)
        {
            var entry = new Entry<RecordedInvocation>(invocation);
            _invocations.Add(entry);
            return entry;
        }
    }

    public void Update<T>(Entry<T> entry, Func<T, T> change)
        where T : class
    {
        lock (_gate)
        {
            entry.Value = change(entry.Value);
        }
    }

    /// <summary>What is recorded so far, with the audit's findings.</summary>
    public Recording Read()
    {
        RecordedPhase[] phases;
        RecordedInvocation[] invocations;
        LogMark[] marks;
        TimeSpan now;
        lock (_gate)
        {
            if (_final is not null)
            {
                return _final;
            }

            now = Now;
            phases = [.. _phases.Select(static entry => entry.Value)];
            invocations = [.. _invocations.Select(static entry => entry.Value)];
            marks = [.. _marks];
        }

        // The rest takes its time, and holds nobody up.
        var recording = new Recording
        {
            FunctionName = options.FunctionName,
            Handler = options.Handler,
            InitializationType = options.InitializationType,
            MemoryMegabytes = options.MemoryMegabytes,
            Timeout = options.Timeout,
            Started = _started,
            Duration = now,
            Phases = phases,
            Invocations = invocations,
            Log = RecordedLog.Read(log, marks, now),
            Package = options.Audit ? _package.Value : [],
            Limitations = limitations(),
        };
        return options.Audit ? new Recording(recording) { Findings = Auditor.Check(recording) } : recording;
    }

    /// <summary>Keeps what there is now: the log is about to go.</summary>
    public void Close()
    {
        var final = Read();
        lock (_gate)
        {
            _final = final;
        }
    }

    private TimeSpan Mark(string? requestId)
    {
        var now = Now;
        _marks.Add(new LogMark(log.Position, now, requestId));
        return now;
    }
}
