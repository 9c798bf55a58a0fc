using WarmContext.Holding;

namespace WarmContext;

/// <summary>Keeps a held value from being disposed until the lease is. Get it from <see cref="Warm{T}.LeaseAsync"/>.</summary>
/// <typeparam name="T">What is held.</typeparam>
/// <remarks>Disposing twice does nothing more. Safe to use from several threads at once.</remarks>
public sealed class WarmLease<T> : IDisposable, IAsyncDisposable
    where T : class
{
    private WarmEntry<T>? _entry;

    internal WarmLease(WarmEntry<T> entry)
    {
        _entry = entry;
        Value = entry.Value;
    }

    /// <summary>The value. Don't dispose it: it belongs to the holder.</summary>
    public T Value { get; }

    /// <summary>Ends the lease. If the value was replaced and this was its last user, it is disposed; that isn't waited for.</summary>
    public void Dispose() => _ = DisposeAsync().AsTask();

    /// <summary>Ends the lease. If the value was replaced and this was its last user, waits until it is disposed. Never throws.</summary>
    public ValueTask DisposeAsync() => Interlocked.Exchange(ref _entry, null) is { } entry ? entry.EndLeaseAsync() : ValueTask.CompletedTask;
}
