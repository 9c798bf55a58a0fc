using System.Collections.Concurrent;
using System.Data;
using System.Runtime.CompilerServices;
using Npgsql;
using WarmContext.Shared.Connections;

namespace WarmContext.Npgsql.Pooling;

/// <summary>
/// Keeps the books of Npgsql's pool: which physical connection is behind a connection object, when it was last used, and how many are out.
/// </summary>
/// <remarks>
/// Implementation note: Npgsql names no physical connection in public, but the dictionary of server parameters belongs to it for its life, so that
/// is what identifies it. Should a later Npgsql hand out copies, every lease would find an unknown connection and probe it: slower, never wrong.
/// The backend's process id is cheaper to ask for (the dictionary costs 48 bytes a time), but poolers make it up and servers use it again: it
/// serves only while no two connections were ever opened with the same one.
/// </remarks>
internal sealed class PoolLedger
{
    // So many connections are opened by few environments in their lives; beyond it the dictionary serves.
    private const int MostProcesses = 2_000;

    private readonly ConditionalWeakTable<object, PhysicalConnection> _physical = [];
    private readonly ConcurrentDictionary<int, PhysicalConnection?> _byProcess = new();
    private readonly NpgsqlDataSource _pool;
    private readonly LeasePolicy _policy;
    private readonly StateChangeEventHandler _whileClosed;
    private readonly object _clearing = new();
    private int _epoch;

    public PoolLedger(NpgsqlDataSource pool, LeasePolicy policy, string name, int bound)
    {
        _pool = pool;
        _policy = policy;
        Name = name;
        Slots = new ConnectionSlots(bound);
        _whileClosed = OnReopened;
    }

    public string Name { get; }

    /// <summary>Called with a watched connection object that its owner has opened.</summary>
    public Action<NpgsqlConnection>? Reopened { get; set; }

    /// <summary>True once a physical connection was opened.</summary>
    public bool EverOpened { get; private set; }

    /// <summary>The bound on the connections that are out at once.</summary>
    public ConnectionSlots Slots { get; }

    /// <summary>Notes a physical connection that has just been opened.</summary>
    public void Opened(NpgsqlConnection connection)
    {
        var physical = new PhysicalConnection(this, _policy.Clock.Read(), Volatile.Read(ref _epoch));
        _physical.AddOrUpdate(connection.PostgresParameters, physical);
        if (_byProcess.Count < MostProcesses || _byProcess.ContainsKey(connection.ProcessID))
        {
            // Null stands for: more than one.
            _byProcess.AddOrUpdate(connection.ProcessID, static (_, physical) => physical, static (_, _, _) => null, physical);
        }

        EverOpened = true;
        ConnectionMetrics.Opened(Name);
    }

    /// <summary>The physical connection behind an open connection object; null if it was never seen.</summary>
    public PhysicalConnection? Find(NpgsqlConnection connection) => _byProcess.TryGetValue(connection.ProcessID, out var only) && only is not null ? only
        : _physical.TryGetValue(connection.PostgresParameters, out var physical) ? physical : null;

    /// <summary>As <see cref="Find"/>, but notes one that was never seen.</summary>
    public PhysicalConnection FindOrNote(NpgsqlConnection connection) => Find(connection) ?? _physical.GetValue(
        connection.PostgresParameters, _ => new PhysicalConnection(this, _policy.Clock.Read(), Volatile.Read(ref _epoch)) { IsStranger = true });

    /// <summary>A connection goes out to a caller; its slot is freed when it comes back.</summary>
    public void Leased(NpgsqlConnection connection, PhysicalConnection physical, ref ConnectionSlot slot)
    {
        physical.LeasedAt = _policy.Clock.Read();
        if (physical.WasLeased)
        {
            ConnectionMetrics.Reused(Name);
        }

        physical.WasLeased = true;
        connection.StateChange += physical.WhileLeased;

        // Not kept by the physical connection: Npgsql may lease that to the next before it says that this one has come back.
        slot.HandOver();
    }

    /// <summary>A leased connection was closed, or broke.</summary>
    public void Returned(NpgsqlConnection connection, PhysicalConnection physical)
    {
        physical.LastUse = _policy.LastUse(physical.LeasedAt);
        connection.StateChange -= physical.WhileLeased;
        Watch(connection);
        Slots.Release();
    }

    /// <summary>Has a closed connection object proven whenever its owner opens it.</summary>
    public void Watch(NpgsqlConnection connection) => connection.StateChange += _whileClosed;

    public void Unwatch(NpgsqlConnection connection) => connection.StateChange -= _whileClosed;

    /// <summary>
    /// True of a physical connection that is to be closed. Npgsql's pool may still hand it out: it misses one that comes back just as it is cleared.
    /// </summary>
    public bool IsCondemned(PhysicalConnection physical) => physical.Epoch != Volatile.Read(ref _epoch);

    /// <summary>
    /// Has Npgsql close a physical connection instead of keeping it, as soon as its connection object is closed. Npgsql can only be told to
    /// close all; those opened since the last time are spared when it was told already.
    /// </summary>
    public void Condemn(PhysicalConnection physical)
    {
        // Within the lock, so that whoever finds the pool cleared can rely on it.
        lock (_clearing)
        {
            if (!IsCondemned(physical))
            {
                CondemnAll();
            }
        }
    }

    /// <summary>Closes the idle connections, and has those that are out closed when they come back.</summary>
    public void CondemnAll()
    {
        lock (_clearing)
        {
            // In this order: a connection that is opened meanwhile is closed once too often rather than kept although it is condemned.
            Interlocked.Increment(ref _epoch);
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
