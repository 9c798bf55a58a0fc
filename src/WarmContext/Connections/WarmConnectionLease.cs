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
    private readonly KeptConnection<T> _kept;
    private ConnectionSlot _slot;
    private int _returned;

    internal WarmConnectionLease(WarmConnection<T> owner, KeptConnection<T> kept, ConnectionSlot slot)
    {
        _owner = owner;
        _kept = kept;
        _slot = slot;
    }

    /// <summary>The open connection, which has answered or was used within the last moment.</summary>
    /// <exception cref="ObjectDisposedException">The lease was given back.</exception>
    public T Connection
    {
        get
        {
            ObjectDisposedException.ThrowIf(_returned != 0, this);
            return _kept.Connection;
        }
    }

    /// <summary>Gives the connection back. Does nothing the second time.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _returned, 1) == 0)
        {
            _owner.Return(_kept);
            _slot.Dispose();
        }
    }

    /// <summary>Gives the connection back. Does nothing the second time.</summary>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }
}
