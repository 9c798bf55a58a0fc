using System.Diagnostics;
using WarmContext.Testing.Audits.Sampling;
using WarmContext.Testing.Extensions;
using WarmContext.Testing.Http;
using WarmContext.Testing.Processes;
using WarmContext.Testing.Recordings;
using WarmContext.Testing.RuntimeApi;

namespace WarmContext.Testing.Sandboxes;

/// <summary>
/// One life of a function's process: Init, then invocations with a freeze between them, until it ends or is killed. Everything that happens
/// to it, a request to its Runtime API, a deadline, an exit, is a step of its state machine, under one lock. Safe to use from several
/// threads at once.
/// </summary>
internal sealed class Sandbox : IAsyncDisposable
{
    private readonly object _gate = new();
    private readonly HttpServer _server;
    private readonly SandboxProcesses _processes;
    private readonly FreezeControl _freeze;
    private readonly Shutdown _shutdown;
    private readonly SandboxStateMachine _states;
    private readonly RuntimeEndpoints _endpoints;

    private Sandbox(SandboxSettings settings, int number, TimeSpan initLimit, Action<EnvironmentReset> onReset)
    {
        _server = new HttpServer(RuntimeApiRoutes.MaxBody, HeadRead, HandleAsync);
        _processes = new SandboxProcesses(settings, _server.HostAndPort, ProcessExited);
        var extensions = new ExtensionRegistry(settings.Options);
        var audit = settings.Options.Audit
            ? new SandboxAudit(_processes.OfFunction, _server.HostAndPort, settings.Resources.Preload is { } page ? page.Take : null)
            : null;
        var recorder = new SandboxRecorder(settings.Recorder, audit, settings.Log, settings.TemporaryDirectory, number);
        _freeze = new FreezeControl(_gate, _processes, new TimeTravel(settings, _processes, recorder, _server.Port), recorder);
        _shutdown = new Shutdown(_gate, settings.Options, _processes, extensions, recorder);
        var parts = new SandboxParts(_processes, extensions, recorder, new SandboxInvocations(settings, recorder), _freeze, _shutdown);
        _states = new SandboxStateMachine(settings, parts, initLimit, CheckDeadline, onReset);
        _endpoints = new RuntimeEndpoints(settings.Options, parts, _states);
        if (settings.Options.ExtensionFaults is { } faults)
        {
            faults.CutEventRequests = () => Locked(extensions.CutEventRequests);
        }

        // Nothing may come in before everything is started.
        lock (_gate)
        {
            _server.Start();
            _states.Start();
        }
    }

    /// <summary>How Init ended. Never faults.</summary>
    public Task<InitOutcome> Initialized => _states.Initialized;

    /// <summary>The runtime's process; null until the external extensions have registered, and when it has ended.</summary>
    public int? ProcessId => _processes is { HasStartedRuntime: true, Runtime: { Exited.IsCompleted: false } runtime } ? runtime.Id : null;

    /// <summary>True while the process is stopped.</summary>
    public bool IsFrozen => _freeze.IsFrozen;

    /// <summary>True when the runtime has ended, or Init has failed.</summary>
    public bool HasExited
    {
        get
        {
            lock (_gate)
            {
                return _states.HasExited;
            }
        }
    }

    /// <summary>Starts a process.</summary>
    /// <param name="settings">What all processes of an environment share.</param>
    /// <param name="number">Which process of the environment it is, from 1.</param>
    /// <param name="initLimit">How long Init may take.</param>
    /// <param name="onReset">Told when the process ends before its time. Called under the lock.</param>
    public static Sandbox Start(SandboxSettings settings, int number, TimeSpan initLimit, Action<EnvironmentReset> onReset) =>
        new(settings, number, initLimit, onReset);

    /// <summary>Hands an invocation over, to be delivered as soon as the runtime asks for one.</summary>
    /// <returns>False when the process has ended: another is needed.</returns>
    public bool TryEnqueue(QueuedInvocation invocation)
    {
        lock (_gate)
        {
            if (_states.HasExited)
            {
                return false;
            }

            _states.Enqueue(invocation);
            return true;
        }
    }

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
                if (_states.HasExited)
                {
                    return false;
                }

                if (_freeze.HasStopped)
                {
                    return true;
                }

                // The signal takes effect a moment after it is sent.
                changed = IsFrozen ? Task.Delay(1, cancellationToken) : _states.WhenSettledNext();
            }

            var left = limit - Stopwatch.GetElapsedTime(begun);
            if (left <= TimeSpan.Zero)
            {
                var state = IsFrozen ? "told to stop, and its processes have not stopped" : $"in the state {_states.StateName}";
                throw new TimeoutException($"The function is not frozen after {limit}: it is {state}.");
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
            return _states.WhenSettled();
        }
    }

    /// <summary>Has the function find, when it is thawed, that the freeze was longer.</summary>
    /// <returns>False when it isn't frozen.</returns>
    public bool LengthenFreeze(TimeSpan duration)
    {
        lock (_gate)
        {
            return _freeze.Lengthen(duration);
        }
    }

    /// <summary>Waits for the Shutdown phase that follows the end of a runtime with extensions.</summary>
    public Task EndedAsync()
    {
        lock (_gate)
        {
            if (_states.State == RuntimeState.InitError)
            {
                // It has reported that it can't go on, and is not waited for.
                _states.Exit(
                    new FunctionError { Kind = FunctionErrorKind.Reported, Type = "Runtime.ExitError", Message = "Init failed" },
                    "failure");
            }
        }

        return Task.WhenAll(_shutdown.Ended, _processes.AllExited);
    }

    /// <summary>Lambda's Shutdown phase, for when an environment isn't needed any more.</summary>
    /// <returns>What it was allowed, and whether something had to be killed.</returns>
    public async Task<(TimeSpan Limit, bool WasKilled)> ShutDownAsync()
    {
        TimeSpan limit;
        lock (_gate)
        {
            limit = _shutdown.Limit;
            _states.Close("The environment was shut down", "spindown");
        }

        var wasKilled = await _shutdown.Ended.ConfigureAwait(false);
        await _processes.AllExited.ConfigureAwait(false);
        return (limit, wasKilled);
    }

    /// <summary>Kills everything at once.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _states.Close("The environment was disposed", null);
            _processes.Kill();
        }

        await EndedAsync().ConfigureAwait(false);

        // Whatever left the process group, with setsid or a double fork, still has our address in its environment.
        foreach (var straggler in ProcessTable.WithEnvironment("AWS_LAMBDA_RUNTIME_API=" + _server.HostAndPort))
        {
            Signals.KillProcess(straggler);
        }

        await _processes.ReleaseAsync().ConfigureAwait(false);
        await _server.DisposeAsync().ConfigureAwait(false);
        _states.Dispose();
    }

    private void HeadRead(HttpRequest request)
    {
        lock (_gate)
        {
            RuntimeApiRoutes.HeadRead(request, _endpoints);
        }
    }

    private ValueTask<HttpResponse> HandleAsync(HttpRequest request)
    {
        lock (_gate)
        {
            var answer = RuntimeApiRoutes.HandleAsync(request, _endpoints);
            if (request.Abandoned is { } abandon)
            {
                request.Abandoned = () =>
                {
                    lock (_gate)
                    {
                        abandon();
                    }
                };
            }

            return answer;
        }
    }

    private void ProcessExited(Extension? extension, ProcessExit exit) => Locked(() => _states.ProcessExited(extension, exit));

    private void CheckDeadline() => Locked(_states.CheckDeadline);

    private void Locked(Action step)
    {
        lock (_gate)
        {
            step();
        }
    }
}
