namespace WarmContext.Lambda;

/// <summary>
/// An internal extension: registered during Init, it asks for its next event only when the background work of the invocation that it heard of
/// is done, and the environment isn't frozen before that.
/// </summary>
internal sealed class InternalExtension : IFreezeGuard, IDisposable
{
    /// <summary>How long a handler may take to begin after the extension has heard of its invocation, before it is taken never to.</summary>
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(1);

    // How long Init may be held up by the registration: mostly the first use of HttpClient, which takes long where little memory buys little CPU.
    private static readonly TimeSpan s_registrationBudget = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_firstRetry = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_lastRetry = TimeSpan.FromSeconds(5);

    private static readonly object s_gate = new();
    private static InternalExtension? s_forInvocations;
    private static InternalExtension? s_forShutdown;

    private readonly ExtensionApi _api;
    private readonly EnvironmentClock _clock;
    private readonly string _name;
    private readonly string[] _events;
    private readonly ExtensionLedger _ledger = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<bool> _registered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Exception? _failure;
    private int _reported;

    internal InternalExtension(ExtensionApi api, EnvironmentClock clock, string name, string[] events)
    {
        _api = api;
        _clock = clock;
        _name = name;
        _events = events;
    }

    /// <summary>The loop; ends when registration failed or the extension was stopped.</summary>
    internal Task Running { get; private set; } = Task.CompletedTask;

    /// <summary>The process's extension that hears of invocations; registered at the first call, which belongs in Init.</summary>
    public static InternalExtension ForInvocations(ExecutionEnvironment environment)
    {
        lock (s_gate)
        {
            return s_forInvocations ??= Start(environment, "warmcontext", ["INVOKE"]);
        }
    }

    /// <summary>Sees to it that the process has an extension at all, without which it is killed at shutdown at once.</summary>
    public static InternalExtension ForShutdown(ExecutionEnvironment environment)
    {
        lock (s_gate)
        {
            return s_forInvocations ?? (s_forShutdown ??= Start(environment, "warmcontext-shutdown", []));
        }
    }

    public void Begun(Invocation invocation) => _ledger.Begin(invocation.RequestId);

    public async ValueTask<bool> TryHoldAsync(Invocation invocation, Task work)
    {
        if (_registered.Task.IsCompletedSuccessfully && await _registered.Task.ConfigureAwait(false))
        {
            return await _ledger.WaitUntilHeldAsync(invocation.RequestId, work).ConfigureAwait(false);
        }

        if (Interlocked.Exchange(ref _reported, 1) == 0)
        {
            LambdaLog.ExtensionUnavailable(invocation.RequestId, _failure);
        }

        return false;
    }

    public void Ended(Invocation invocation) => _ledger.End(invocation.RequestId);

    /// <summary>Registers, and goes on to hear events. Waits for the registration, but not for ever: one that comes late is honoured all the same.</summary>
    internal void Start(TimeSpan registrationBudget)
    {
        var suppressed = ExecutionContext.IsFlowSuppressed();
        var flow = suppressed ? default : ExecutionContext.SuppressFlow();
        try
        {
            Running = Task.Run(RunAsync);
        }
        finally
        {
            if (!suppressed)
            {
                flow.Undo();
            }
        }

        // Blocking, because it is called from static constructors, and the registration must be there before Init ends.
        _registered.Task.Wait(registrationBudget);
    }

    /// <summary>Stops; the long poll is cancelled.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        _api.Dispose();
    }

    private static InternalExtension Start(ExecutionEnvironment environment, string name, string[] events)
    {
        var extension = new InternalExtension(new ExtensionApi(environment.RuntimeApi!), environment.Clock, name, events);
        extension.Start(s_registrationBudget);
        return extension;
    }

    private async Task RunAsync()
    {
        string identifier;
        try
        {
            identifier = await _api.RegisterAsync(_name, _events, _stop.Token).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            _failure = exception;
            _registered.TrySetResult(false);
            return;
        }

        // From here on the loop must run whatever happens: Init waits for every registered extension to ask for its first event.
        _registered.TrySetResult(true);
        await HearEventsAsync(identifier).ConfigureAwait(false);
    }

    private async Task HearEventsAsync(string identifier)
    {
        var retry = s_firstRetry;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var heard = await _api.NextAsync(identifier, _stop.Token).ConfigureAwait(false);
                retry = s_firstRetry;
                if (heard is { Type: "INVOKE", RequestId: { } requestId })
                {
                    await _ledger.HearAsync(requestId, s_grace, Until(heard.Deadline), _clock.TimeProvider, _stop.Token).ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                LambdaLog.ExtensionPollFailed(exception);

                // An event may have been lost with the connection. Asking for the next tells Lambda that it is dealt with, so no invocation may run.
                await _ledger.WaitUntilIdleAsync().ConfigureAwait(false);
                await Task.Delay(retry, _clock.TimeProvider, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                retry = retry * 2 < s_lastRetry ? retry * 2 : s_lastRetry;
            }
        }
    }

    private TimeSpan Until(DateTimeOffset? deadline)
    {
        if (deadline is not { } time)
        {
            return Timeout.InfiniteTimeSpan;
        }

        var left = time - _clock.TimeProvider.GetUtcNow();
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
