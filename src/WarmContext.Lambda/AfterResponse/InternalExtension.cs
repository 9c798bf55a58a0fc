using WarmContext.Lambda.Diagnostics;

namespace WarmContext.Lambda.AfterResponse;

/// <summary>
/// An internal extension. It is registered during Init, and asks for its next event only when the background work of the current invocation
/// is done; the environment isn't frozen before that.
/// </summary>
internal sealed class InternalExtension : IFreezeGuard, IDisposable
{
    // How long a handler may take to begin after the extension has got its invocation's event. After that it counts as never begun. The
    // last resort, where the runtime's requests can't be seen.
    private static readonly TimeSpan s_startTimeout = TimeSpan.FromSeconds(1);

    // The first handler is compiled before it begins, with what reads its input. That takes long where little memory buys little CPU.
    private static readonly TimeSpan s_firstStartTimeout = TimeSpan.FromSeconds(5);

    // No invocation takes longer, and a timer can't count much further.
    private static readonly TimeSpan s_maxWait = TimeSpan.FromDays(1);

    // How long Init waits for the registration, which takes long where little memory buys little CPU.
    private static readonly TimeSpan s_registrationBudget = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_minRetryDelay = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_maxRetryDelay = TimeSpan.FromSeconds(5);

    private static readonly Task s_never = new TaskCompletionSource().Task;
    private static readonly object s_gate = new();
    private static InternalExtension? s_forInvocations;
    private static InternalExtension? s_forShutdown;

    private readonly ExtensionApi _api;
    private readonly EnvironmentClock _clock;
    private readonly string _name;
    private readonly string[] _events;
    private readonly RuntimeRequests? _requests;
    private readonly ExtensionInvocationTracker _invocations = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _registration = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isRegistered;
    private Exception? _failure;
    private int _reported;

    internal InternalExtension(
        ExtensionApi api, EnvironmentClock clock, string name, string[] events, RuntimeRequests? requests = null)
    {
        _api = api;
        _clock = clock;
        _name = name;
        _events = events;
        _requests = requests;
    }

    /// <summary>The loop; ends when registration failed or the extension was stopped.</summary>
    internal Task Running => _ended.Task;

    /// <summary>The process's extension for invocations. The first call registers it, and belongs in Init.</summary>
    public static InternalExtension ForInvocations(ExecutionEnvironment environment)
    {
        lock (s_gate)
        {
            return s_forInvocations ??= Start(environment, "warmcontext", ["INVOKE"]);
        }
    }

    /// <summary>Makes sure that the process has an extension. Without one, Lambda kills it at shutdown without a signal.</summary>
    public static InternalExtension ForShutdown(ExecutionEnvironment environment)
    {
        lock (s_gate)
        {
            return s_forInvocations ?? (s_forShutdown ??= Start(environment, "warmcontext-shutdown", []));
        }
    }

    public void Begun(Invocation invocation) => _invocations.Begin(invocation.RequestId);

    public async ValueTask<bool> TryHoldAsync(Invocation invocation, Task work)
    {
        if (_isRegistered)
        {
            return await _invocations.WaitUntilHeldAsync(invocation.RequestId, work).ConfigureAwait(false);
        }

        if (Interlocked.Exchange(ref _reported, 1) == 0)
        {
            LambdaLog.ExtensionUnavailable(invocation.RequestId, AdviceFor(_failure), _failure);
        }

        return false;
    }

    public void Ended(Invocation invocation) => _invocations.End(invocation.RequestId);

    /// <summary>
    /// Registers, and begins to poll for events. Waits for the registration within the budget; a later one is used all the same.
    /// </summary>
    internal void Start(TimeSpan registrationBudget)
    {
        // A thread of its own, because it blocks most of the time, and must not wait for the thread pool. Unsafe, so that the caller's
        // execution context doesn't flow into it.
        new Thread(Run) { IsBackground = true, Name = "WarmContext " + _name }.UnsafeStart();

        // Blocking, because it is called from static constructors, and the registration must be there before Init ends.
        _registration.Task.Wait(registrationBudget);
    }

    /// <summary>Stops, and cancels the long poll.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        _api.Dispose();
    }

    private static string AdviceFor(Exception? failure) => failure switch
    {
        ExtensionRefusedException { IsTooLate: true } =>
            "Registration is possible only during Init, so create the WarmHandler in the handler class's constructor or static " +
            "constructor; a static field of a class without a static constructor is initialized in the first invocation.",
        ExtensionRefusedException { HasNoExtensions: true } =>
            "The Runtime API here has no extensions, as in some emulators. On Lambda it has; nothing needs to be changed.",
        null => "It hasn't answered within the time that Init waits for it.",
        _ => "The Extensions API could not be used; the exception says why.",
    };

    private static InternalExtension Start(ExecutionEnvironment environment, string name, string[] events)
    {
        var extension = new InternalExtension(
            new ExtensionApi(environment.RuntimeApi!), environment.Clock, name, events,
            events.Length == 0 ? null : new RuntimeRequests(environment.RuntimeApi!));
        extension.Start(s_registrationBudget);
        return extension;
    }

    private void Run()
    {
        try
        {
            if (TryRegister() is { } identifier)
            {
                _requests?.Start();
                PollEvents(identifier);
            }
        }
        finally
        {
            _api.Dispose();
            _requests?.Dispose();
            _ended.TrySetResult();
        }
    }

    private string? TryRegister()
    {
        try
        {
            var identifier = _api.Register(_name, _events);

            // From here on the loop must run whatever happens: Init ends only when every registered extension has asked for its first
            // event.
            _isRegistered = true;
            return identifier;
        }
        catch (Exception exception)
        {
            _failure = exception;
            return null;
        }
        finally
        {
            _registration.TrySetResult();
        }
    }

    private void PollEvents(string identifier)
    {
        var delay = s_minRetryDelay;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var deliveries = _requests?.Deliveries ?? 0;
                var next = _api.Next(identifier);
                delay = s_minRetryDelay;
                if (next is { Type: "INVOKE", RequestId: { } requestId })
                {
                    WaitForEnd(requestId, deliveries, Until(next.Deadline));
                }
            }
            catch (Exception) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                LambdaLog.ExtensionPollFailed(exception);

                // An event may have been lost with the connection. The next poll tells Lambda that it is done, so no invocation may be
                // running then.
                _invocations.WaitUntilIdleAsync().GetAwaiter().GetResult();
                _stop.Token.WaitHandle.WaitOne(delay);
                delay = delay * 2 < s_maxRetryDelay ? delay * 2 : s_maxRetryDelay;
            }
        }
    }

    private void WaitForEnd(string requestId, long deliveries, TimeSpan untilDeadline)
    {
        var startTimeout = _requests is { HasSeenAny: true } ? untilDeadline
            : _invocations.HasBegun ? s_startTimeout : s_firstStartTimeout;
        var over = _requests?.WhenOver(deliveries) ?? s_never;
        _invocations.WaitForEndAsync(requestId, startTimeout, over, untilDeadline, _clock.TimeProvider, _stop.Token)
            .GetAwaiter().GetResult();
    }

    private TimeSpan Until(DateTimeOffset? deadline)
    {
        if (deadline is not { } time)
        {
            return Timeout.InfiniteTimeSpan;
        }

        var left = time - _clock.TimeProvider.GetUtcNow();
        return left <= TimeSpan.Zero ? TimeSpan.Zero : left < s_maxWait ? left : Timeout.InfiniteTimeSpan;
    }
}
