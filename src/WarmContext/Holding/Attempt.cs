namespace WarmContext.Holding;

/// <summary>One attempt to make or check a holder's value.</summary>
internal abstract class Attempt
{
    private static readonly AsyncLocal<Attempt?> s_current = new();

    // The attempt whose factory began this one.
    private readonly Attempt? _outer = s_current.Value;

    /// <summary>True when the calling code runs within the attempt's own factory, at whatever depth.</summary>
    public bool IsCallersOwn
    {
        get
        {
            for (var attempt = s_current.Value; attempt is not null; attempt = attempt._outer)
            {
                if (ReferenceEquals(attempt, this))
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>
    /// Makes this the attempt of the calling flow, and detaches the flow from any invocation: the value outlives them all.
    /// </summary>
    public void Enter()
    {
        s_current.Value = this;
        Invocation.SetCurrent(null);
    }
}

/// <summary>One attempt to make or check a value, shared by everybody who waits for it.</summary>
internal sealed class Attempt<T>(long version) : Attempt
    where T : class
{
    // Continuations run on the pool: a waiter must never run inside the lock or the thread of the one who makes the value.
    private readonly TaskCompletionSource<WarmEntry<T>> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>How often the holder had been invalidated when the attempt began.</summary>
    public long Version => version;

    public Task<WarmEntry<T>> Task => _source.Task;

    public void Complete(WarmEntry<T> entry) => _source.TrySetResult(entry);

    public void Fail(Exception exception)
    {
        _source.TrySetException(exception);

        // Observed even when every waiter has given up.
        _ = _source.Task.Exception;
    }
}
