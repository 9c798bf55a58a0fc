using System.Diagnostics;
using WarmContext.Testing.Functions;
using WarmContext.Testing.Http;
using WarmContext.Testing.Processes;
using WarmContext.Testing.RuntimeApi;

namespace WarmContext.Testing.Sandboxes;

/// <summary>
/// One life of a function's process: Init, then invocations with a freeze between them, until it ends or is killed. Everything that happens to it is a step under
/// one lock, signals included, so that a freeze and a thaw can't overtake each other.
/// </summary>
internal sealed class Sandbox : IAsyncDisposable
{
    private readonly object _gate = new();
    private readonly LocalFunctionOptions _options;
    private readonly FunctionLog _log;
    private readonly Action<EnvironmentReset> _onReset;
    private readonly HttpServer _server;
    private readonly DeadlineTimer _deadline;
    private readonly FunctionProcess _process;
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly TimeSpan _initLimit;
    private readonly TaskCompletionSource<InitOutcome> _initialized = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _watching;

    private RuntimeState _state = RuntimeState.Started;
    private TaskCompletionSource<HttpResponse>? _next;
    private TaskCompletionSource? _frozenOrExited;
    private QueuedInvocation? _queued;
    private QueuedInvocation? _current;
    private bool _isDisposed;

    private Sandbox(SandboxSettings settings, TimeSpan initLimit, Action<EnvironmentReset> onReset)
    {
        _options = settings.Options;
        _log = settings.Log;
        _onReset = onReset;
        _initLimit = initLimit;
        _deadline = new DeadlineTimer(OnDeadline);
        _server = new HttpServer(RuntimeApiRoutes.LargestResponse, request => RuntimeApiRoutes.HandleAsync(request, this));

        // Nothing may come in before the fields are set, so the server is started last but for the process.
        lock (_gate)
        {
            _server.Start();
            _process = FunctionProcess.Start(
                settings.Command, LambdaVariables.For(_options, _server.HostAndPort, settings.TemporaryDirectory, settings.LogStream), _log.FilePath);
            _deadline.Set(initLimit);
        }

        _watching = WatchAsync();
    }

    /// <summary>How Init ended. Never faults.</summary>
    public Task<InitOutcome> Initialized => _initialized.Task;

    public int ProcessId => _process.Id;

    /// <summary>True while the process is stopped.</summary>
    public bool IsFrozen { get; private set; }

    /// <summary>True until the first invocation was delivered.</summary>
    public bool IsUnused { get; private set; } = true;

    /// <summary>Starts a process.</summary>
    /// <param name="settings">What all processes of an environment share.</param>
    /// <param name="initLimit">How long Init may take.</param>
    /// <param name="onReset">Told when the process ends before its time. Called under the lock.</param>
    public static Sandbox Start(SandboxSettings settings, TimeSpan initLimit, Action<EnvironmentReset> onReset) => new(settings, initLimit, onReset);

    /// <summary>In Lambda's words.</summary>
    public static string TimedOutMessage(string what, TimeSpan limit) => FormattableString.Invariant($"{what} timed out after {limit.TotalSeconds:0.00} seconds");

    /// <summary>Hands an invocation over, to be delivered as soon as the runtime asks for one.</summary>
    /// <returns>False when the process has ended: another is needed.</returns>
    public bool TryEnqueue(QueuedInvocation invocation)
    {
        lock (_gate)
        {
            if (_state is RuntimeState.Exited or RuntimeState.InitError)
            {
                return false;
            }

            _queued = invocation;
            DeliverIfReady();
            return true;
        }
    }

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

                if (IsFrozen && ProcessTable.IsStopped(_process.Id))
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

    /// <summary>GET runtime/invocation/next.</summary>
    public ValueTask<HttpResponse> NextAsync(HttpRequest request)
    {
        lock (_gate)
        {
            switch (_state)
            {
                case RuntimeState.Running:
                    // Asked again before it has answered, it gets the same event again, as from AWS's emulator.
                    return new(_current!.Event!);
                case RuntimeState.InitError or RuntimeState.Exited:
                    return new(ApiResponses.InvalidRuntimeState(_state.ToString(), nameof(RuntimeState.Ready)));
            }

            var next = new TaskCompletionSource<HttpResponse>(TaskCreationOptions.RunContinuationsAsynchronously);
            request.Abandoned = () => Abandon(next);
            _next = next;
            if (_state is RuntimeState.Started or RuntimeState.ResponseSent)
            {
                OnReady();
            }
            else
            {
                DeliverIfReady();
            }

            return new(next.Task);
        }
    }

    /// <summary>POST runtime/invocation/{id}/response.</summary>
    public HttpResponse Response(string requestId, HttpRequest request)
    {
        lock (_gate)
        {
            if (RefusalOf(requestId, "InvocationResponse") is { } refusal)
            {
                return refusal;
            }

            if (request.Header("Lambda-Runtime-Function-Response-Mode") is { } mode && mode != "streaming")
            {
                AnswerWithError(FunctionErrorKind.InvalidResponse, "Runtime.InvalidResponseModeHeader", $"Invalid function response mode: {mode}");
                return ApiResponses.InvalidResponseMode;
            }

            if (request.IsTruncated)
            {
                AnswerWithError(FunctionErrorKind.InvalidResponse, "Runtime.TruncatedResponse", "The response was cut off");
                return ApiResponses.Truncated;
            }

            if (request.IsTooLarge)
            {
                AnswerWithError(
                    FunctionErrorKind.InvalidResponse, "Function.ResponseSizeTooLarge", $"Response payload size exceeded maximum allowed payload size ({RuntimeApiRoutes.LargestResponse} bytes).");
                return ApiResponses.TooLarge;
            }

            Answer(request.Body, null);
            return ApiResponses.Accepted;
        }
    }

    /// <summary>POST runtime/invocation/{id}/error.</summary>
    public HttpResponse Error(string requestId, HttpRequest request)
    {
        lock (_gate)
        {
            if (RefusalOf(requestId, "InvocationErrorResponse") is { } refusal)
            {
                return refusal;
            }

            Answer(request.Body, ErrorDocuments.Read(request));
            return ApiResponses.Accepted;
        }
    }

    /// <summary>POST runtime/init/error.</summary>
    public HttpResponse InitError(HttpRequest request)
    {
        lock (_gate)
        {
            if (_state != RuntimeState.Started)
            {
                return ApiResponses.InvalidRuntimeState(_state.ToString(), nameof(RuntimeState.InitError));
            }

            EndInit(RuntimeState.InitError, ErrorDocuments.Read(request), request.Body);
            return ApiResponses.Accepted;
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _isDisposed = true;
            Exit(new FunctionError { Kind = FunctionErrorKind.ProcessExited, Type = "Runtime.ExitError", Message = "The environment was disposed" });
        }

        await _watching.ConfigureAwait(false);

        // Whatever left the process group, with setsid or a double fork, still has our address in its environment.
        foreach (var straggler in ProcessTable.WithEnvironment("AWS_LAMBDA_RUNTIME_API=" + _server.HostAndPort))
        {
            Signals.KillProcess(straggler);
        }

        await _server.DisposeAsync().ConfigureAwait(false);
        _deadline.Dispose();
    }

    private async Task WatchAsync()
    {
        var exit = await _process.Exited.ConfigureAwait(false);
        lock (_gate)
        {
            Exit(new FunctionError { Kind = FunctionErrorKind.ProcessExited, Type = "Runtime.ExitError", Message = exit.Describe() });
        }
    }

    /// <summary>Everybody has asked for the next event: Init, or the invocation, is over.</summary>
    private void OnReady()
    {
        _deadline.Clear();
        if (_state == RuntimeState.Started)
        {
            EndInit(RuntimeState.Ready, null, default);
        }

        _state = RuntimeState.Ready;
        _current = null;
        if (_queued is not null)
        {
            DeliverIfReady();
        }
        else if (_options.FreezesBetweenInvocations)
        {
            _process.Freeze();
            IsFrozen = true;
            SignalFrozenOrExited();
        }
    }

    private void DeliverIfReady()
    {
        if (_state != RuntimeState.Ready || _next is null || _queued is null)
        {
            return;
        }

        if (IsFrozen && ProcessTable.HasEnded(_process.Id))
        {
            // Killed while frozen. That is about to be noticed, and the invocation goes to another process.
            return;
        }

        _current = _queued;
        _queued = null;
        IsUnused = false;
        _state = RuntimeState.Running;
        _current.Deadline ??= DateTimeOffset.UtcNow + _options.Timeout;
        _current.LogPosition = _log.Position;
        _current.Event = InvocationEvent.For(_current, _options);
        _current.Delivered = Stopwatch.GetTimestamp();
        if (IsFrozen)
        {
            _process.Thaw();
            IsFrozen = false;
        }

        _deadline.Set(_current.Deadline.Value - DateTimeOffset.UtcNow);
        var next = _next;
        _next = null;
        next.TrySetResult(_current.Event);
    }

    private HttpResponse? RefusalOf(string requestId, string transition) =>
        _state != RuntimeState.Running ? ApiResponses.InvalidRuntimeState(_state.ToString(), transition)
        : _current!.RequestId != requestId ? ApiResponses.InvalidRequestId
        : null;

    private void AnswerWithError(FunctionErrorKind kind, string type, string message)
    {
        var error = new FunctionError { Kind = kind, Type = type, Message = message };
        Answer(ErrorDocuments.Write(error, _current!.RequestId), error);
    }

    /// <summary>The caller has its answer now; the deadline goes on until the runtime asks for the next invocation.</summary>
    private void Answer(ReadOnlyMemory<byte> payload, FunctionError? error)
    {
        _state = RuntimeState.ResponseSent;
        _current!.Answer(new InvocationAnswer(payload, error, Stopwatch.GetTimestamp(), _log.Position));
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
            Exit(new FunctionError
            {
                Kind = FunctionErrorKind.TimedOut,
                Type = "Sandbox.Timedout",
                Message = TimedOutMessage(inInit ? "Init" : "Task", limit),
            });
        }
    }

    /// <summary>The end, once: of whatever was under way, and of the process.</summary>
    private void Exit(FunctionError error)
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
        else if (before == RuntimeState.Running)
        {
            AnswerWithError(error.Kind, error.Type, error.Message);
        }

        _state = RuntimeState.Exited;
        IsFrozen = false;
        _deadline.Clear();
        _process.Kill();
        _next?.TrySetResult(ApiResponses.InvalidRuntimeState(nameof(RuntimeState.Exited), nameof(RuntimeState.Ready)));
        _queued?.Answer(null);
        SignalFrozenOrExited();
        if (!_isDisposed && before != RuntimeState.InitError)
        {
            _onReset(new EnvironmentReset(error, _current?.RequestId, before == RuntimeState.ResponseSent));
        }
    }

    private void Abandon(TaskCompletionSource<HttpResponse> next)
    {
        lock (_gate)
        {
            if (_next == next)
            {
                _next = null;
            }
        }
    }

    private void SignalFrozenOrExited()
    {
        _frozenOrExited?.TrySetResult();
        _frozenOrExited = null;
    }
}
