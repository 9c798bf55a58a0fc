using System.Diagnostics;
using WarmContext.Testing.Extensions;
using WarmContext.Testing.Http;

namespace WarmContext.Testing.Sandboxes;

/// <summary>
/// Which state a sandbox is in, and what leads to the next; docs/architecture.md has the picture. Used under the sandbox's lock: each
/// method is a step.
/// </summary>
internal sealed partial class SandboxStateMachine : IDisposable
{
    private readonly LocalFunctionOptions _options;
    private readonly SandboxSettings _settings;
    private readonly SandboxParts _parts;
    private readonly Action<EnvironmentReset> _onReset;
    private readonly TimeSpan _initLimit;
    private readonly DeadlineTimer _deadline;
    private readonly LongPolls _next = new();
    private readonly LongPolls _restore = new();
    private readonly TaskCompletionSource<InitOutcome> _initialized = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource? _settled;
    private bool _isClosing;
    private long _started;
    private long _restored;

    /// <summary>Makes it, in its first state; <see cref="Start"/> starts the processes.</summary>
    /// <param name="settings">What all sandboxes of an environment share.</param>
    /// <param name="parts">What it moves.</param>
    /// <param name="initLimit">How long Init may take.</param>
    /// <param name="onDeadline">
    /// Called, not under the lock, when a deadline may be over: to call <see cref="CheckDeadline"/> under it.
    /// </param>
    /// <param name="onReset">Told when the sandbox ends before its time.</param>
    public SandboxStateMachine(
        SandboxSettings settings, SandboxParts parts, TimeSpan initLimit, Action onDeadline, Action<EnvironmentReset> onReset)
    {
        _options = settings.Options;
        _settings = settings;
        _parts = parts;
        _initLimit = initLimit;
        _onReset = onReset;
        _deadline = new DeadlineTimer(onDeadline);
    }

    public RuntimeState State { get; private set; } = RuntimeState.Started;

    /// <summary>The state as AWS's own emulator names it in error bodies.</summary>
    public string StateName => State == RuntimeState.ResponseSent ? "RuntimeResponseSentState" : State.ToString();

    /// <summary>True when the runtime has ended, or Init has failed.</summary>
    public bool HasExited => State is RuntimeState.Exited or RuntimeState.InitError;

    /// <summary>True while extensions may register: until the runtime asks for its first invocation.</summary>
    public bool IsOpenForExtensions => State == RuntimeState.Started && !IsRuntimeReady;

    /// <summary>True when the runtime has asked for an invocation, or the restore, and waits.</summary>
    public bool IsRuntimeReady => _next.IsAnyWaiting || _restore.IsAnyWaiting;

    /// <summary>How Init ended. Never faults.</summary>
    public Task<InitOutcome> Initialized => _initialized.Task;

    /// <summary>Completes when the runtime is ready for another invocation, or has ended; completed when it is so already.</summary>
    public Task WhenSettled() =>
        State is RuntimeState.Started or RuntimeState.Running or RuntimeState.ResponseSent or RuntimeState.Restoring
        ? WhenSettledNext()
        : Task.CompletedTask;

    /// <summary>Completes when the runtime is next found to be ready, or has ended.</summary>
    public Task WhenSettledNext() => (_settled ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Starts the processes, and with them Init.</summary>
    public void Start()
    {
        _parts.Processes.PrepareRuntime();
        _started = Stopwatch.GetTimestamp();
        _parts.Recorder.Begin(RecordedPhaseKind.Init);
        foreach (var command in _settings.Extensions)
        {
            _parts.Processes.StartExtension(command, _parts.Extensions.AddExternal(Path.GetFileName(command.Program)));
        }

        StartRuntimeWhenExtensionsHaveRegistered();
        _deadline.Set(_initLimit);
    }

    public void StartRuntimeWhenExtensionsHaveRegistered()
    {
        if (State == RuntimeState.Started && !_parts.Processes.HasStartedRuntime && _parts.Extensions.AllExternalRegistered)
        {
            _parts.Processes.StartRuntime();
        }
    }

    /// <summary>The runtime asks for its next invocation.</summary>
    public Task<HttpResponse> WaitForInvocation(HttpRequest request)
    {
        if (!_options.IsConcurrent)
        {
            _next.Clear();
        }

        var next = _next.Add(request);
        if (State == RuntimeState.Restoring)
        {
            EndRestore();
        }

        EndPhaseIfAllAreReady();
        DeliverIfReady();
        return next;
    }

    /// <summary>SnapStart: the before-snapshot hooks have run, and the runtime asks for the restore.</summary>
    public Task<HttpResponse> WaitForRestore(HttpRequest request)
    {
        _restore.Clear();
        var next = _restore.Add(request);
        EndPhaseIfAllAreReady();
        DeliverIfReady();
        return next;
    }

    /// <summary>There is an invocation. It is delivered as soon as the runtime asks for one.</summary>
    public void Enqueue(QueuedInvocation invocation)
    {
        _parts.Invocations.Enqueue(invocation);
        DeliverIfReady();
    }

    /// <summary>The caller has its answer now; the deadline goes on until the runtime asks for the next invocation.</summary>
    public void Answer(QueuedInvocation invocation, ReadOnlyMemory<byte> payload, FunctionError? error)
    {
        if (!_options.IsConcurrent)
        {
            State = RuntimeState.ResponseSent;
        }

        _parts.Invocations.Answer(invocation, payload, error);
    }

    /// <summary>The runtime reports that Init failed.</summary>
    public void FailInit(FunctionError error, ReadOnlyMemory<byte> payload) => EndInit(RuntimeState.InitError, error, payload);

    /// <summary>Whoever waits for the restore is told; the next invocation starts another process.</summary>
    public void FailRestore(FunctionError error, ReadOnlyMemory<byte> payload)
    {
        _parts.Invocations.FailQueued(error, payload, _restored);
        Exit(error, "failure");
    }

    /// <summary>When everybody has asked for the next event, Init, or the invocation, is over.</summary>
    public void EndPhaseIfAllAreReady()
    {
        if (State is not (RuntimeState.Started or RuntimeState.ResponseSent) || !IsRuntimeReady)
        {
            return;
        }

        _parts.Extensions.AbandonGone();
        if (!_parts.Extensions.AllReady)
        {
            return;
        }

        if (State == RuntimeState.Started && _deadline.IsOver)
        {
            // A timer that is late on a busy machine doesn't make Init's limit longer.
            CheckDeadline();
            return;
        }

        _deadline.Clear();
        var wasInit = State == RuntimeState.Started;
        var isSnapshot = wasInit && _restore.IsAnyWaiting;
        if (wasInit)
        {
            EndInit(RuntimeState.Ready, null, default);
        }

        _parts.Invocations.End();
        State = isSnapshot ? RuntimeState.Snapshotted : RuntimeState.Ready;
        if (_parts.Invocations.IsAnyQueued)
        {
            DeliverIfReady();
        }
        else if (_options.IsFrozenBetweenInvocations)
        {
            if (wasInit)
            {
                _parts.Recorder.InitEnded();
            }

            _parts.Freeze.Freeze(isSnapshot ? RecordedPhaseKind.Snapshot : RecordedPhaseKind.Freeze);
        }

        SignalSettled();
    }

    public void Dispose() => _deadline.Dispose();

    private void DeliverIfReady()
    {
        if (State == RuntimeState.Snapshotted && _parts.Invocations.IsAnyQueued)
        {
            if (!_parts.Freeze.HasDiedFrozen)
            {
                Restore();
            }

            return;
        }

        // One at a time, unless on Managed Instances, where the runtime stays ready while it has invocations. One that was killed while
        // frozen gets none: that is about to be noticed, and the invocation goes to another process.
        while (State == RuntimeState.Ready && _next.IsAnyWaiting && _parts.Invocations.IsAnyQueued && !_parts.Freeze.HasDiedFrozen)
        {
            Deliver();
        }
    }

    private void Deliver()
    {
        _parts.Freeze.Thaw();
        var invocation = _parts.Invocations.Begin(_initialized.Task.Result.Duration);
        if (!_options.IsConcurrent)
        {
            State = RuntimeState.Running;
            _deadline.Set(invocation.Deadline!.Value - DateTimeOffset.UtcNow);
        }

        _next.Answer(invocation.Event!);
        if (!_parts.Extensions.IsEmpty && !_options.IsConcurrent)
        {
            _parts.Extensions.Deliver(
                Extension.Invoke, InvocationEvent.ForExtensions(invocation, _options, _settings.Resources.ClockOffset));
        }
    }

    /// <summary>SnapStart: there is an invocation for what has been restored.</summary>
    private void Restore()
    {
        _parts.Freeze.Thaw();
        State = RuntimeState.Restoring;
        _parts.Recorder.Begin(RecordedPhaseKind.Restore);
        _restored = Stopwatch.GetTimestamp();
        _deadline.Set(_options.RestoreTimeout);
        _restore.Answer(new HttpResponse(200, ReadOnlyMemory<byte>.Empty));
    }

    /// <summary>SnapStart: the runtime asks for its first invocation after the restore.</summary>
    private void EndRestore()
    {
        _deadline.Clear();
        _parts.Recorder.End();
        State = RuntimeState.Ready;
        _parts.Invocations.Restored(Stopwatch.GetElapsedTime(_restored));
    }

    private void EndInit(RuntimeState state, FunctionError? error, ReadOnlyMemory<byte> payload)
    {
        State = state;
        _deadline.Clear();
        _parts.Recorder.End(error?.ToString());
        _parts.Processes.LimitCpu();
        _initialized.TrySetResult(new InitOutcome(Stopwatch.GetElapsedTime(_started), error, payload));
        if (error is not null)
        {
            SignalSettled();
        }
    }

    private void SignalSettled()
    {
        _settled?.TrySetResult();
        _settled = null;
    }
}
