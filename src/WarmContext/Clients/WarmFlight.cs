namespace WarmContext;

/// <summary>One attempt to make or check a value, shared by everybody who waits for it.</summary>
/// <remarks>Continuations run on the pool: a waiter must never run inside the lock or the thread of the one who makes the value.</remarks>
internal sealed class WarmFlight<T>(long version, IWarmFlight? parent) : TaskCompletionSource<WarmEntry<T>>(TaskCreationOptions.RunContinuationsAsynchronously), IWarmFlight
    where T : class
{
    /// <summary>How often the holder had been invalidated when the attempt began.</summary>
    public readonly long Version = version;

    /// <summary>The attempt whose factory began this one.</summary>
    public IWarmFlight? Parent { get; } = parent;

    public void Fail(Exception exception)
    {
        TrySetException(exception);

        // Observed even when every waiter has given up.
        _ = Task.Exception;
    }
}
