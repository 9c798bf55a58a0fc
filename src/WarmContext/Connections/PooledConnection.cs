using System.Data.Common;

namespace WarmContext.Connections;

/// <summary>A connection that is kept open between leases, and when it last answered.</summary>
internal sealed class PooledConnection<T>(T connection, ClockReading openedAt, int generation)
    where T : DbConnection
{
    public T Connection => connection;

    /// <summary>How often the whole pool had been invalidated when this connection was opened.</summary>
    public int Generation => generation;

    public ClockReading LastAnswer { get; set; } = openedAt;

    public bool WasLeased { get; set; }
}
