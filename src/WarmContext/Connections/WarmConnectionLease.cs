using System.Data.Common;
using WarmContext.Connections;
using WarmContext.Shared.Connections;

namespace WarmContext;

/// <summary>A leased connection. Dispose it to give the connection back; the connection itself stays open.</summary>
/// <typeparam name="T">The provider's connection type.</typeparam>
public sealed class WarmConnectionLease<T> : IAsyncDisposable, IDisposable
    where T : DbConnection
{
    private readonly WarmConnection<T> _owner;
    private readonly PooledConnection<T> _pooled;
    private ConnectionSlots.Slot _slot;
    private int _returned;

    internal WarmConnectionLease(WarmConnection<T> owner, PooledConnection<T> pooled, ConnectionSlots.Slot slot)
    {
        _owner = owner;
        _pooled = pooled;
        _slot = slot;
    }

    /// <summary>The open connection, which has just answered a probe, or was opened or probed a moment ago.</summary>
    /// <exception cref="ObjectDisposedException">The lease was given back.</exception>
    public T Connection
    {
        get
        {
            ObjectDisposedException.ThrowIf(_returned != 0, this);
            return _pooled.Connection;
        }
    }

    /// <summary>Gives the connection back. A second call does nothing.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _returned, 1) == 0)
        {
            try
            {
                _owner.Return(_pooled);
            }
            finally
            {
                _slot.Dispose();
            }
        }
    }

    /// <summary>Gives the connection back. A second call does nothing.</summary>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }
}
