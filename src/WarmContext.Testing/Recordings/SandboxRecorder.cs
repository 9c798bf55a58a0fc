using WarmContext.Testing.Audits.Sampling;
using WarmContext.Testing.Functions;

namespace WarmContext.Testing.Recordings;

/// <summary>Records one process's life, in the sandbox's terms, with what the audit measures. Used under the sandbox's lock.</summary>
internal sealed class SandboxRecorder(Recorder recorder, SandboxAudit? audit, FunctionLog log, string temporaryDirectory, int process)
{
    private readonly Dictionary<string, (Entry<RecordedInvocation> Invocation, Entry<RecordedPhase> Phase)> _running =
        new(StringComparer.Ordinal);

    private Entry<RecordedPhase>? _phase;
    private RecordedWork? _resumed;
    private TimeSpan _responded;
    private long _respondedLog;

    /// <summary>A phase begins, and the one before it ends.</summary>
    public void Begin(RecordedPhaseKind kind, string? requestId = null)
    {
        recorder.End(_phase);
        _phase = recorder.Begin(kind, process, requestId);
    }

    /// <summary>The phase ends, and no other begins yet.</summary>
    public void End(string? error = null)
    {
        recorder.End(_phase, error);
        _phase = null;
    }

    /// <summary>The freeze is declared to be of a length.</summary>
    public void Declare(TimeSpan length)
    {
        if (_phase is { } phase)
        {
            recorder.Update(phase, value => new RecordedPhase(value) { DeclaredDuration = length });
        }
    }

    /// <summary>
    /// Init is over and the freeze is next. With the audit on, what asked for the first event is given the time to go to sleep, so that
    /// what goes on after the thaw is something else.
    /// </summary>
    public void InitEnded() => audit?.TakeBeforeFreeze();

    /// <summary>Just before the processes run again.</summary>
    public void Thawing() => audit?.Thawing();

    /// <summary>All connections are about to be cut off.</summary>
    public void CutOff() => audit?.CutOff();

    /// <summary>The processes run again. With the audit on, waits a moment: what they do in it, they resume from before.</summary>
    public void Thawed()
    {
        Begin(RecordedPhaseKind.Thaw);
        if (audit is null)
        {
            return;
        }

        var start = recorder.Now;
        var position = log.Position;
        var (cpu, traffic, runnable) = audit.TakeAfterThaw();
        _resumed = new RecordedWork
        {
            Start = start,
            End = recorder.Now,
            CpuTime = cpu,
            Traffic = traffic,
            LogLines = log.Lines(position, log.Position).Length,
            RunnableThreads = runnable,
        };
    }

    /// <summary>An event is about to be delivered.</summary>
    /// <param name="requestId">The invocation.</param>
    /// <param name="eventBytes">The size of its event.</param>
    /// <param name="initDuration">For the first invocation of a process: how long Init took.</param>
    /// <param name="isAlone">False where invocations overlap.</param>
    public void Delivering(string requestId, long eventBytes, TimeSpan? initDuration, bool isAlone)
    {
        if (isAlone)
        {
            End();
            if (_resumed is null)
            {
                // A baseline.
                audit?.Take();
            }
        }

        var phase = recorder.Begin(RecordedPhaseKind.Invoke, process, requestId);
        var entry = recorder.Begin(new RecordedInvocation
        {
            RequestId = requestId,
            Process = process,
            IsColdStart = initDuration is not null,
            InitDuration = initDuration,
            Start = phase.Value.Start,
            EventBytes = eventBytes,
            IsAudited = audit is not null && isAlone,
            ResumedWork = _resumed,
        });
        _resumed = null;
        _running[requestId] = (entry, phase);
    }

    /// <summary>An invocation has its answer.</summary>
    public void Responded(string requestId, long bytes, FunctionError? error, bool isAlone)
    {
        if (!_running.TryGetValue(requestId, out var running))
        {
            return;
        }

        _responded = recorder.Now;
        var used = isAlone ? audit?.Take() : null;
        _respondedLog = log.Position;
        recorder.Update(running.Invocation, value => new RecordedInvocation(value)
        {
            Responded = _responded,
            ResponseBytes = bytes,
            Error = error is null ? null : $"{error.Type}: {error.Message}",
            CpuTime = used?.Cpu ?? TimeSpan.Zero,
            Traffic = used?.Traffic ?? [],
        });
        if (!isAlone)
        {
            Finish(requestId, static value => value);
        }
    }

    /// <summary>The runtime and every extension have asked for the next event.</summary>
    public void Ended(string requestId, bool wasHeldByExtension, bool wasHeldByRuntime)
    {
        if (audit is null)
        {
            Finish(requestId, static value => value);
            return;
        }

        var end = recorder.Now;
        var (cpu, traffic, runnable) = audit.TakeBeforeFreeze();
        var (bytes, files) = SandboxAudit.SizeOf(temporaryDirectory);
        var work = new RecordedWork
        {
            Start = _responded,
            End = end,
            CpuTime = cpu,
            Traffic = traffic,
            LogLines = log.Lines(_respondedLog, log.Position).Length,
            RunnableThreads = runnable,
            WasHeldByExtension = wasHeldByExtension,
            WasHeldByRuntime = wasHeldByRuntime,
        };
        Finish(requestId, value => new RecordedInvocation(value)
        {
            BackgroundWork = work,
            MemoryBytes = audit.MemoryBytes(),
            TemporaryBytes = bytes,
            TemporaryFiles = files,
        });
    }

    /// <summary>The process has ended, or is ended.</summary>
    public void Exited(string? error)
    {
        foreach (var (requestId, (_, phase)) in _running.ToList())
        {
            recorder.End(phase, error);
            Finish(requestId, static value => value);
        }

        End(error);
    }

    private void Finish(string requestId, Func<RecordedInvocation, RecordedInvocation> change)
    {
        if (_running.Remove(requestId, out var running))
        {
            recorder.End(running.Phase);
            recorder.Update(running.Invocation, value => new RecordedInvocation(change(value)) { End = recorder.Now });
        }
    }
}
