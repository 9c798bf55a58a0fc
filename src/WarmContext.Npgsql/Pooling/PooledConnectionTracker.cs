using System.Collections.Concurrent;
using System.Data;
using System.Runtime.CompilerServices;
using Npgsql;
using WarmContext.Shared.Connections;

namespace WarmContext.Npgsql.Pooling;

/// <summary>
/// Tracks the connections of Npgsql's pool: which physical connection is behind a connection object, when it last answered, and how many
/// are leased.
/// </summary>
/// <remarks>
/// Implementation note: Npgsql gives a physical connection no public identity, but the dictionary of server parameters belongs to it for
/// its life, so that identifies it. Should a later Npgsql hand out copies, every lease would find an unknown connection and probe it:
/// slower, never wrong. The backend's process id is cheaper to read (the dictionary costs 48 bytes a time), but poolers invent it and
/// servers use it again, so it serves only while no two connections were ever opened with the same one.
/// </remarks>
internal sealed class PooledConnectionTracker
{
    // Few environments open so many connections in their lives; beyond it the dictionary of parameters serves.
    private const int MaxProcesses = 2_000;

    private readonly ConditionalWeakTable<object, PhysicalConnection> _physical = [];
    private readonly ConcurrentDictionary<int, PhysicalConnection?> _byProcess = new();
    private readonly NpgsqlDataSource _pool;
    private readonly LeasePolicy _policy;
    private readonly StateChangeEventHandler _whileClosed;
    private readonly object _clearing = new();
    private int _generation;

    public PooledConnectionTracker(NpgsqlDataSource pool, LeasePolicy policy, string name, int poolSize)
    {
        _pool = pool;
        _policy = policy;
        Name = name;
        Slots = new ConnectionSlots(poolSize);
        _whileClosed = OnReopened;
    }

    public string Name { get; }

    /// <summary>Called with a watched connection object that its owner has opened.</summary>
    public Action<NpgsqlConnection>? Reopened { get; set; }

    /// <summary>True once a physical connection was opened.</summary>
    public bool EverOpened { get; private set; }

    /// <summary>The maximum number of connections that are leased at once.</summary>
    public ConnectionSlots Slots { get; }

    /// <summary>Adds a physical connection that has just been opened.</summary>
    public void Opened(NpgsqlConnection connection)
    {
        var physical = new PhysicalConnection(this, _policy.Clock.Read(), Volatile.Read(ref _generation));
        _physical.AddOrUpdate(connection.PostgresParameters, physical);
        if (_byProcess.Count < MaxProcesses || _byProcess.ContainsKey(connection.ProcessID))
        {
            // Null stands for: more than one.
            _byProcess.AddOrUpdate(connection.ProcessID, static (_, physical) => physical, static (_, _, _) => null, physical);
        }

        EverOpened = true;
        ConnectionMetrics.Opened(Name);
    }

    /// <summary>The physical connection behind an open connection object; null if it is unknown.</summary>
    public PhysicalConnection? Find(NpgsqlConnection connection) =>
        _byProcess.TryGetValue(connection.ProcessID, out var only) && only is not null ? only
        : _physical.TryGetValue(connection.PostgresParameters, out var physical) ? physical : null;

    /// <summary>As <see cref="Find"/>, but adds an unknown one.</summary>
    public PhysicalConnection FindOrAdd(NpgsqlConnection connection) => Find(connection) ?? _physical.GetValue(
        connection.PostgresParameters,
        _ => new PhysicalConnection(this, _policy.Clock.Read(), Volatile.Read(ref _generation)) { IsUnverified = true });

    /// <summary>A connection is leased to a caller. Its slot is freed when it is returned.</summary>
    public void Leased(NpgsqlConnection connection, PhysicalConnection physical, ref ConnectionSlots.Slot slot)
    {
        if (physical.WasLeased)
        {
            ConnectionMetrics.Reused(Name);
        }

        physical.WasLeased = true;
        connection.StateChange += physical.WhileLeased;

        // Not kept by the physical connection: Npgsql may lease that to the next caller before it says that this one has returned it.
        slot.HandOver();
    }

    /// <summary>A leased connection was closed, or broke.</summary>
    public void Returned(NpgsqlConnection connection, PhysicalConnection physical)
    {
        try
        {
            connection.StateChange -= physical.WhileLeased;
            Watch(connection);
        }
        finally
        {
            Slots.Release();
        }
    }

    /// <summary>Watches a closed connection object, which is validated whenever its owner opens it.</summary>
    public void Watch(NpgsqlConnection connection) => connection.StateChange += _whileClosed;

    public void Unwatch(NpgsqlConnection connection) => connection.StateChange -= _whileClosed;

    /// <summary>
    /// True of a physical connection that is to be closed. Npgsql's pool may still hand it out: clearing misses one that comes back at that
    /// moment.
    /// </summary>
    public bool IsInvalidated(PhysicalConnection physical) => physical.Generation != Volatile.Read(ref _generation);

    /// <summary>
    /// Has Npgsql close a physical connection instead of keeping it, as soon as its connection object is closed. Npgsql can only close all
    /// of them; those opened since the last time are spared where that has been done for this one already.
    /// </summary>
    public void Invalidate(PhysicalConnection physical)
    {
        // Within the lock, so that the pool has been cleared when this returns.
        lock (_clearing)
        {
            if (!IsInvalidated(physical))
            {
                InvalidateAll();
            }
        }
    }

    /// <summary>Closes the idle connections. Leased ones are closed when they are returned.</summary>
    public void InvalidateAll()
    {
        lock (_clearing)
        {
            // In this order: a connection that is opened meanwhile is closed once too often rather than kept although it is invalid.
            Interlocked.Increment(ref _generation);
            _pool.Clear();
        }
    }

    private void OnReopened(object sender, StateChangeEventArgs change)
    {
        if (change.CurrentState == ConnectionState.Open)
        {
            Reopened?.Invoke((NpgsqlConnection)sender);
        }
    }
}
