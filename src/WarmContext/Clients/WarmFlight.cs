namespace WarmContext;

/// <summary>One attempt to make or check a value, shared by everybody who waits for it.</summary>
internal sealed class WarmFlight<T>(long version, IWarmFlight? parent) : IWarmFlight
    where T : class
{
    // Continuations run on the pool: a waiter must never run inside the lock or the thread of the one who makes the value.
    private readonly TaskCompletionSource<WarmEntry<T>> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>How often the holder had been invalidated when the attempt began.</summary>
    public long Version { get; } = version;

    /// <summary>The attempt whose factory began this one.</summary>
    public IWarmFlight? Parent { get; } = parent;

    public Task<WarmEntry<T>> Task => _completion.Task;

    public void Succeed(WarmEntry<T> entry) => _completion.TrySetResult(entry);

    public void Fail(Exception exception)
    {
        _completion.TrySetException(exception);

        // Observed even when every waiter has given up.
        _ = _completion.Task.Exception;
    }
}
