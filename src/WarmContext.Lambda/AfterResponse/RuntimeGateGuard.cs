using WarmContext.Lambda.Diagnostics;

namespace WarmContext.Lambda.AfterResponse;

/// <summary>Knows the work that a <see cref="RuntimeGate"/> must wait for before the next event is asked for.</summary>
internal sealed class RuntimeGateGuard : IFreezeGuard
{
    private readonly object _gate = new();
    private readonly HashSet<Task> _held = [];
    private bool _isInUse;
    private bool _hasHeld;
    private bool _reported;

    /// <summary>The process's one: a gate and the handlers find each other through it.</summary>
    public static RuntimeGateGuard Instance { get; } = new();

    public void Begun(Invocation invocation)
    {
    }

    public ValueTask<bool> TryHoldAsync(Invocation invocation, Task work)
    {
        lock (_gate)
        {
            // The event being handled came through the gate, or there is none.
            if (_isInUse)
            {
                _hasHeld = true;
                _held.Add(work);
                _ = work.ContinueWith(static (work, guard) => ((RuntimeGateGuard)guard!).Release(work), this, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
                return ValueTask.FromResult(true);
            }

            if (_reported)
            {
                return ValueTask.FromResult(false);
            }

            _reported = true;
        }

        LambdaLog.NoRuntimeGate(invocation.RequestId);
        return ValueTask.FromResult(false);
    }

    public void Ended(Invocation invocation)
    {
    }

    /// <summary>Called before the next event is asked for: waits until nothing is held any more.</summary>
    /// <returns>True when there was anything to hold since the last time.</returns>
    public async Task<bool> WaitForNextEventAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task[] held;
            lock (_gate)
            {
                _isInUse = true;
                held = [.. _held];
                if (held.Length == 0)
                {
                    var hasHeld = _hasHeld;
                    _hasHeld = false;
                    return hasHeld;
                }
            }

            // Held work never fails; its end is all that matters here.
            await Task.WhenAll(held).WaitAsync(cancellationToken).ConfigureAwait(false);
            lock (_gate)
            {
                _held.ExceptWith(held);
            }
        }
    }

    private void Release(Task work)
    {
        lock (_gate)
        {
            _held.Remove(work);
        }
    }
}
