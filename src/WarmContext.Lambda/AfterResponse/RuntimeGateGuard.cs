using WarmContext.Lambda.Diagnostics;

namespace WarmContext.Lambda.AfterResponse;

/// <summary>The work that a <see cref="RuntimeGate"/> waits for before it asks for the next event.</summary>
internal sealed class RuntimeGateGuard : IFreezeGuard
{
    private readonly object _gate = new();
    private readonly HashSet<Task> _held = [];
    private bool _isInUse;
    private bool _hasHeld;
    private bool _reported;

    /// <summary>The one of the process, which connects a gate with the handlers.</summary>
    public static RuntimeGateGuard Instance { get; } = new();

    public void Begun(Invocation invocation)
    {
    }

    public ValueTask<bool> TryHoldAsync(Invocation invocation, Task work)
    {
        lock (_gate)
        {
            // False where the current event didn't come through a gate.
            if (_isInUse)
            {
                _hasHeld = true;
                _held.Add(work);
                _ = work.ContinueWith(
                    static (work, guard) => ((RuntimeGateGuard)guard!).Release(work),
                    this, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
                return ValueTask.FromResult(true);
            }

            if (_reported)
            {
                return ValueTask.FromResult(false);
            }

            _reported = true;
        }

        LambdaLog.NoRuntimeGate(invocation.RequestId, !string.IsNullOrEmpty(invocation.Environment.Handler));
        return ValueTask.FromResult(false);
    }

    public void Ended(Invocation invocation)
    {
    }

    /// <summary>Waits until no work is held any more. Called before the request for the next event.</summary>
    /// <returns>True if any work was held since the last call.</returns>
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

            // Held work never fails.
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
