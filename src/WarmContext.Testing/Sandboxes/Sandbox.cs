using System.Diagnostics;
using WarmContext.Testing.Extensions;
using WarmContext.Testing.Functions;
using WarmContext.Testing.Http;
using WarmContext.Testing.Processes;
using WarmContext.Testing.RuntimeApi;

namespace WarmContext.Testing.Sandboxes;

/// <summary>
/// One life of a function's process: Init, then invocations with a freeze between them, until it ends or is killed. Everything that happens to it is a step under
/// one lock, signals included, so that a freeze and a thaw can't overtake each other.
/// </summary>
internal sealed partial class Sandbox : IAsyncDisposable
{
    private readonly object _gate = new();
    private readonly LocalFunctionOptions _options;
    private readonly FunctionLog _log;
    private readonly Action<EnvironmentReset> _onReset;
    private readonly HttpServer _server;
    private readonly DeadlineTimer _deadline;
    private readonly SandboxProcesses _processes;
    private readonly ExtensionRegistry _extensions;
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly TimeSpan _initLimit;
    private readonly TaskCompletionSource<InitOutcome> _initialized = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RuntimeState _state = RuntimeState.Started;
    private readonly List<TaskCompletionSource<HttpResponse>> _next = [];
    private readonly Queue<QueuedInvocation> _queued = new();
    private readonly Dictionary<string, QueuedInvocation> _running = new(StringComparer.Ordinal);
    private TaskCompletionSource? _frozenOrExited;
    private QueuedInvocation? _current;
    private bool _isUsed;
    private HttpResponse? _shutdownEvent;
    private Task<bool> _ending = Task.FromResult(true);
    private bool _isDisposed;

    private Sandbox(SandboxSettings settings, TimeSpan initLimit, Action<EnvironmentReset> onReset)
    {
        _options = settings.Options;
        _log = settings.Log;
        _onReset = onReset;
        _initLimit = initLimit;
        _deadline = new DeadlineTimer(OnDeadline);
        _server = new HttpServer(RuntimeApiRoutes.LargestBody, request => RuntimeApiRoutes.HandleAsync(request, this));

        _extensions = new ExtensionRegistry(_options);
        _processes = new SandboxProcesses(settings, _server.HostAndPort, OnProcessExit);

        // Nothing may come in before everything is started.
        lock (_gate)
        {
            _server.Start();
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

    /// <summary>The runtime's process; null until the external extensions have registered.</summary>
    public int? ProcessId => _processes.Runtime?.Id;

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
    /// <param name="initLimit">How long Init may take.</param>
    /// <param name="onReset">Told when the process ends before its time. Called under the lock.</param>
    public static Sandbox Start(SandboxSettings settings, TimeSpan initLimit, Action<EnvironmentReset> onReset) => new(settings, initLimit, onReset);

    /// <summary>In Lambda's words.</summary>
    public static string TimedOutMessage(string what, TimeSpan limit) => FormattableString.Invariant($"{what} timed out after {limit.TotalSeconds:0.00} seconds");

    /// <summary>Waits until the process is stopped.</summary>
    /// <returns>False when it has ended instead.</returns>
    public async Task<bool> WaitUntilFrozenAsync(CancellationToken cancellationToken)
    {
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

            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Waits for the Shutdown phase that follows the end of a runtime with extensions.</summary>
    public Task EndedAsync()
    {
        lock (_gate)
        {
            if (_state == RuntimeState.InitError)
            {
                // It has reported that it can't go on, and is not waited for.
                Exit(new FunctionError { Kind = FunctionErrorKind.Reported, Type = "Runtime.ExitError", Message = "Init failed" }, "failure");
            }
        }

        return Task.WhenAll(_ending, _processes.AllExited);
    }

    /// <summary>Lambda's Shutdown phase, for when an environment isn't needed any more.</summary>
    /// <returns>What it was allowed, and whether something had to be killed.</returns>
    public async Task<(TimeSpan Limit, bool WasKilled)> ShutDownAsync()
    {
        TimeSpan limit;
        lock (_gate)
        {
            _isDisposed = true;
            limit = ShutdownLimit;
            Exit(new FunctionError { Kind = FunctionErrorKind.ProcessExited, Type = "Runtime.ExitError", Message = "The environment was shut down" }, "spindown");
        }

        var wasKilled = await _ending.ConfigureAwait(false);
        await _processes.AllExited.ConfigureAwait(false);
        return (limit, wasKilled);
    }

    /// <summary>Kills everything at once.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _isDisposed = true;
            Exit(new FunctionError { Kind = FunctionErrorKind.ProcessExited, Type = "Runtime.ExitError", Message = "The environment was disposed" }, null);
            _processes.Kill();
        }

        await EndedAsync().ConfigureAwait(false);

        // Whatever left the process group, with setsid or a double fork, still has our address in its environment.
        foreach (var straggler in ProcessTable.WithEnvironment("AWS_LAMBDA_RUNTIME_API=" + _server.HostAndPort))
        {
            Signals.KillProcess(straggler);
        }

        await _server.DisposeAsync().ConfigureAwait(false);
        _deadline.Dispose();
    }

    private void OnProcessExit(Extension? extension, ProcessExit exit)
    {
        lock (_gate)
        {
            if (extension is not null)
            {
                extension.State = ExtensionState.Exited;
            }

            Exit(
                new FunctionError
                {
                    Kind = FunctionErrorKind.ProcessExited,
                    Type = _extensions.FatalErrorType ?? (extension is null ? "Runtime.ExitError" : "Extension.Crash"),
                    Message = exit.Describe(extension is null ? "Runtime" : $"Extension {extension.Name}"),
                },
                "failure");
        }
    }

    private void StartRuntimeWhenExtensionsHaveRegistered()
    {
        if (_state == RuntimeState.Started && _processes.Runtime is null && _extensions.AllExternalRegistered)
        {
            _processes.StartRuntime();
        }
    }

    /// <summary>When everybody has asked for the next event, Init, or the invocation, is over.</summary>
    private void EndPhaseIfAllAreReady()
    {
        if (_state is not (RuntimeState.Started or RuntimeState.ResponseSent) || _next.Count == 0 || !_extensions.AllReady)
        {
            return;
        }

        _deadline.Clear();
        if (_state == RuntimeState.Started)
        {
            EndInit(RuntimeState.Ready, null, default);
        }

        _state = RuntimeState.Ready;
        _current = null;
        if (_queued.Count > 0)
        {
            DeliverIfReady();
        }
        else if (_options.IsFrozenBetweenInvocations)
        {
            _processes.Freeze();
            IsFrozen = true;
            SignalFrozenOrExited();
        }
    }

    private void EndInit(RuntimeState state, FunctionError? error, ReadOnlyMemory<byte> payload)
    {
        _state = state;
        _deadline.Clear();
        _initialized.TrySetResult(new InitOutcome(Stopwatch.GetElapsedTime(_started), error, payload));
        if (error is not null)
        {
            SignalFrozenOrExited();
        }
    }

    private void OnDeadline()
    {
        lock (_gate)
        {
            if (!_deadline.IsOver)
            {
                return;
            }

            var inInit = _state == RuntimeState.Started;
            var limit = inInit ? _initLimit : _options.Timeout;
            var error = new FunctionError { Kind = FunctionErrorKind.TimedOut, Type = "Sandbox.Timedout", Message = TimedOutMessage(inInit ? "Init" : "Task", limit) };
            Exit(error, "timeout");
        }
    }

    /// <summary>The end, once: of whatever was under way, and of the processes.</summary>
    /// <param name="error">Why.</param>
    /// <param name="shutdownReason">What extensions are told; null kills everything at once.</param>
    private void Exit(FunctionError error, string? shutdownReason)
    {
        if (_state == RuntimeState.Exited)
        {
            return;
        }

        var before = _state;
        if (before == RuntimeState.Started)
        {
            EndInit(RuntimeState.Exited, error, default);
        }

        foreach (var invocation in _running.Values.ToList())
        {
            AnswerWithError(invocation, error.Kind, error.Type, error.Message);
        }

        var limit = shutdownReason is null ? TimeSpan.Zero : ShutdownLimit;
        _state = RuntimeState.Exited;
        _deadline.Clear();
        if (limit > TimeSpan.Zero)
        {
            _ending = ShutDownProcessesAsync(shutdownReason!, limit);
        }
        else
        {
            _processes.Kill();
        }

        IsFrozen = false;
        _next.ForEach(static next => next.TrySetResult(ApiResponses.InvalidRuntimeState(nameof(RuntimeState.Exited), nameof(RuntimeState.Ready))));
        while (_queued.TryDequeue(out var queued))
        {
            queued.Answer(null);
        }

        SignalFrozenOrExited();
        if (!_isDisposed && before != RuntimeState.InitError)
        {
            _onReset(new EnvironmentReset(error, _current?.RequestId, before == RuntimeState.ResponseSent));
        }
    }

    private void SignalFrozenOrExited()
    {
        _frozenOrExited?.TrySetResult();
        _frozenOrExited = null;
    }
}
