using System.Diagnostics;
using WarmContext.Testing.Audits.Sampling;
using WarmContext.Testing.Extensions;
using WarmContext.Testing.Functions;
using WarmContext.Testing.Http;
using WarmContext.Testing.Isolation;
using WarmContext.Testing.Processes;
using WarmContext.Testing.Recordings;
using WarmContext.Testing.RuntimeApi;

namespace WarmContext.Testing.Sandboxes;

/// <summary>
/// One life of a function's process: Init, then invocations with a freeze between them, until it ends or is killed. Everything that happens to it is a step under
/// one lock, signals included, so that a freeze and a thaw can't overtake each other.
/// </summary>
internal sealed partial class Sandbox : IAsyncDisposable, IRuntimeApi
{
    private readonly object _gate = new();
    private readonly LocalFunctionOptions _options;
    private readonly SandboxResources _resources;
    private readonly FunctionLog _log;
    private readonly Action<EnvironmentReset> _onReset;
    private readonly HttpServer _server;
    private readonly DeadlineTimer _deadline;
    private readonly SandboxProcesses _processes;
    private readonly ExtensionRegistry _extensions;
    private readonly SandboxRecorder _recorder;
    private readonly long _started;
    private readonly TimeSpan _initLimit;
    private readonly TaskCompletionSource<InitOutcome> _initialized = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RuntimeState _state = RuntimeState.Started;
    private readonly List<TaskCompletionSource<HttpResponse>> _next = [];
    private readonly Queue<QueuedInvocation> _queued = new();
    private readonly Dictionary<string, QueuedInvocation> _running = new(StringComparer.Ordinal);
    private TaskCompletionSource? _frozenOrExited;
    private QueuedInvocation? _current;
    private bool _isUsed;
    private long _answered;
    private bool _isHeldByExtension;
    private bool _isHeldByRuntime;
    private HttpResponse? _shutdownEvent;
    private Task<bool> _ending = Task.FromResult(true);
    private bool _isDisposed;

    private Sandbox(SandboxSettings settings, int number, TimeSpan initLimit, Action<EnvironmentReset> onReset)
    {
        _options = settings.Options;
        _resources = settings.Resources;
        _log = settings.Log;
        _onReset = onReset;
        _initLimit = initLimit;
        _deadline = new DeadlineTimer(OnDeadline);
        _server = new HttpServer(RuntimeApiRoutes.LargestBody, request => RuntimeApiRoutes.HeadRead(request, this), request => RuntimeApiRoutes.HandleAsync(request, this));

        _extensions = new ExtensionRegistry(_options);
        _processes = new SandboxProcesses(settings, _server.HostAndPort, OnProcessExit);
        var audit = _options.Audit ? new SandboxAudit(_processes.OfFunction, _server.HostAndPort, settings.Resources.Preload is { } page ? page.Take : null) : null;
        _recorder = new SandboxRecorder(settings.Recorder, audit, _log, settings.TemporaryDirectory, number);

        // Nothing may come in before everything is started.
        lock (_gate)
        {
            _server.Start();
            _processes.PrepareRuntime();
            _started = Stopwatch.GetTimestamp();
            _recorder.Begin(RecordedPhaseKind.Init);
            foreach (var command in settings.Extensions)
            {
                _processes.StartExtension(command, _extensions.AddExternal(Path.GetFileName(command.Program)));
            }

            StartRuntimeWhenExtensionsHaveRegistered();
            _deadline.Set(initLimit);
        }
    }

    /// <summary>How Init ended. Never faults.</summary>
    public Task<InitOutcome> Initialized => _initialized.Task;

    /// <summary>The runtime's process; null until the external extensions have registered, and when it has ended.</summary>
    public int? ProcessId => _processes is { HasStartedRuntime: true, Runtime: { Exited.IsCompleted: false } runtime } ? runtime.Id : null;

    /// <summary>True while the process is stopped.</summary>
    public bool IsFrozen { get; private set; }

    /// <summary>True when the runtime has ended, or Init has failed.</summary>
    public bool HasExited
    {
        get
        {
            lock (_gate)
            {
                return _state is RuntimeState.Exited or RuntimeState.InitError;
            }
        }
    }

    /// <summary>Starts a process.</summary>
    /// <param name="settings">What all processes of an environment share.</param>
    /// <param name="number">Which process of the environment it is, from 1.</param>
    /// <param name="initLimit">How long Init may take.</param>
    /// <param name="onReset">Told when the process ends before its time. Called under the lock.</param>
    public static Sandbox Start(SandboxSettings settings, int number, TimeSpan initLimit, Action<EnvironmentReset> onReset) => new(settings, number, initLimit, onReset);

    /// <summary>In Lambda's words.</summary>
    public static string TimedOutMessage(string what, TimeSpan limit) => FormattableString.Invariant($"{what} timed out after {limit.TotalSeconds:0.00} seconds");

    /// <summary>Waits until the process is stopped.</summary>
    /// <returns>False when it has ended instead.</returns>
    /// <exception cref="TimeoutException">It took longer than the limit.</exception>
    public async Task<bool> WaitUntilFrozenAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        var begun = Stopwatch.GetTimestamp();
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_state is RuntimeState.Exited or RuntimeState.InitError)
                {
                    return false;
                }

                if (IsFrozen && _processes.AreStopped)
                {
                    return true;
                }

                // The signal takes effect a moment after it is sent.
                changed = IsFrozen
                    ? Task.Delay(1, cancellationToken)
                    : (_frozenOrExited ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }

            var left = limit - Stopwatch.GetElapsedTime(begun);
            if (left <= TimeSpan.Zero)
            {
                throw new TimeoutException($"The function is not frozen after {limit}: it is {(IsFrozen ? "told to stop, and its processes have not stopped" : $"in the state {StateName}")}.");
            }

            try
            {
                await changed.WaitAsync(left, cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                // Said above, unless it was just in time.
            }
        }
    }

    /// <summary>Completes when the runtime is ready for another invocation, or has ended.</summary>
    public Task WhenReadyAsync()
    {
        lock (_gate)
        {
            return _state is RuntimeState.Started or RuntimeState.Running or RuntimeState.ResponseSent or RuntimeState.Restoring
                ? (_frozenOrExited ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task
                : Task.CompletedTask;
        }
    }

    private void StartRuntimeWhenExtensionsHaveRegistered()
    {
        if (_state == RuntimeState.Started && !_processes.HasStartedRuntime && _extensions.AllExternalRegistered)
        {
            _processes.StartRuntime();
        }
    }

    /// <summary>When everybody has asked for the next event, Init, or the invocation, is over.</summary>
    private void EndPhaseIfAllAreReady()
    {
        if (_state is not (RuntimeState.Started or RuntimeState.ResponseSent) || (_next.Count == 0 && _restoreNext is null))
        {
            return;
        }

        _extensions.AbandonGone();
        if (!_extensions.AllReady)
        {
            return;
        }

        if (_state == RuntimeState.Started && _deadline.IsOver)
        {
            // A timer that is late on a busy machine doesn't make Init's limit longer.
            OnDeadline();
            return;
        }

        _deadline.Clear();
        var wasInit = _state == RuntimeState.Started;
        var isSnapshot = wasInit && _restoreNext is not null;
        if (wasInit)
        {
            EndInit(RuntimeState.Ready, null, default);
        }

        if (_current is not null)
        {
            _recorder.Ended(_current.RequestId, _isHeldByExtension, _isHeldByRuntime);
        }

        _state = isSnapshot ? RuntimeState.Snapshotted : RuntimeState.Ready;
        _current = null;
        if (_queued.Count > 0)
        {
            DeliverIfReady();
        }
        else if (_options.IsFrozenBetweenInvocations)
        {
            if (wasInit)
            {
                _recorder.InitEnded();
            }

            Freeze();
            _recorder.Begin(isSnapshot ? RecordedPhaseKind.Snapshot : RecordedPhaseKind.Freeze);
        }

        SignalFrozenOrExited();
    }

    private void EndInit(RuntimeState state, FunctionError? error, ReadOnlyMemory<byte> payload)
    {
        _state = state;
        _deadline.Clear();
        _recorder.End(error?.ToString());
        _processes.LimitCpu();
        _initialized.TrySetResult(new InitOutcome(Stopwatch.GetElapsedTime(_started), error, payload));
        if (error is not null)
        {
            SignalFrozenOrExited();
        }
    }

    private void SignalFrozenOrExited()
    {
        _frozenOrExited?.TrySetResult();
        _frozenOrExited = null;
    }
}
