using WarmContext.Lambda.Diagnostics;

namespace WarmContext.Lambda.AfterResponse;

/// <summary>
/// An internal extension: registered during Init, it asks for its next event only when the background work of the invocation that it heard of
/// is done, and the environment isn't frozen before that.
/// </summary>
internal sealed class InternalExtension : IFreezeGuard, IDisposable
{
    /// <summary>How long a handler may take to begin after the extension has heard of its invocation, before it is taken never to.</summary>
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(1);

    // The first one is compiled before it begins, and what reads its input with it, which takes long where little memory buys little CPU.
    private static readonly TimeSpan s_firstGrace = TimeSpan.FromSeconds(5);

    // No invocation takes longer, and a timer can't count much further.
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(1);

    // How long Init may be held up by the registration, which takes long where little memory buys little CPU.
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
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _registration = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isRegistered;
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
    internal Task Running => _ended.Task;

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
        if (_isRegistered)
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
        // A thread of its own, which blocks most of the time: it waits for no pool, and Init needn't compile state machines. Unsafe, so that it doesn't
        // take the flowing state of its starter along.
        new Thread(Run) { IsBackground = true, Name = "WarmContext " + _name }.UnsafeStart();

        // Blocking, because it is called from static constructors, and the registration must be there before Init ends.
        _registration.Task.Wait(registrationBudget);
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

    private void Run()
    {
        try
        {
            if (TryRegister() is { } identifier)
            {
                HearEvents(identifier);
            }
        }
        finally
        {
            _api.Dispose();
            _ended.TrySetResult();
        }
    }

    private string? TryRegister()
    {
        try
        {
            var identifier = _api.Register(_name, _events);

            // From here on the loop must run whatever happens: Init waits for every registered extension to ask for its first event.
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

    private void HearEvents(string identifier)
    {
        var retry = s_firstRetry;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var heard = _api.Next(identifier);
                retry = s_firstRetry;
                if (heard is { Type: "INVOKE", RequestId: { } requestId })
                {
                    _ledger.HearAsync(requestId, _ledger.HasBegun ? s_grace : s_firstGrace, Until(heard.Deadline), _clock.TimeProvider, _stop.Token).GetAwaiter().GetResult();
                }
            }
            catch (Exception) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                LambdaLog.ExtensionPollFailed(exception);

                // An event may have been lost with the connection. Asking for the next tells Lambda that it is dealt with, so no invocation may run.
                _ledger.WaitUntilIdleAsync().GetAwaiter().GetResult();
                _stop.Token.WaitHandle.WaitOne(retry);
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
        return left <= TimeSpan.Zero ? TimeSpan.Zero : left < s_longest ? left : Timeout.InfiniteTimeSpan;
    }
}
