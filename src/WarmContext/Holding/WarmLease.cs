using WarmContext.Holding;

namespace WarmContext;

/// <summary>A lease of a holder's value: the value isn't disposed before it ends. Get one from <see cref="Warm{T}.LeaseAsync"/>.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
/// <remarks>A second disposal does nothing. All members are safe to use from several threads at once.</remarks>
public sealed class WarmLease<T> : IDisposable, IAsyncDisposable
    where T : class
{
    private WarmEntry<T>? _entry;

    internal WarmLease(WarmEntry<T> entry)
    {
        _entry = entry;
        Value = entry.Value;
    }

    /// <summary>The value. It belongs to the holder: don't dispose it.</summary>
    public T Value { get; }

    /// <summary>
    /// Ends the lease. If the value was replaced and this was its last lease, it is disposed, inside an invocation when that ends. Doesn't
    /// wait for it.
    /// </summary>
    public void Dispose() => Interlocked.Exchange(ref _entry, null)?.EndLease();

    /// <summary>Ends the lease. If the value was replaced and this was its last lease, waits until it is disposed. Never throws.</summary>
    public ValueTask DisposeAsync() =>
        Interlocked.Exchange(ref _entry, null) is { } entry ? entry.EndLeaseAsync() : ValueTask.CompletedTask;
}
