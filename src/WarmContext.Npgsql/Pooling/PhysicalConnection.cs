using System.Data;
using Npgsql;

namespace WarmContext.Npgsql.Pooling;

/// <summary>
/// What is known of one physical connection, which serves many <see cref="NpgsqlConnection"/> objects in its life. Its event handler is
/// attached to the object that leases it, and reports the return without allocating anything per lease.
/// </summary>
internal sealed class PhysicalConnection
{
    private readonly PooledConnectionTracker _tracker;

    public PhysicalConnection(PooledConnectionTracker tracker, ClockReading openedAt, int generation)
    {
        _tracker = tracker;
        LastUse = openedAt;
        Generation = generation;
        WhileLeased = OnStateChange;
    }

    /// <summary>
    /// When it was last known to work. Npgsql takes a connection back before it says so, so the next lease may read this a moment early;
    /// what it then sees is older, and costs a probe at most.
    /// </summary>
    public ClockReading LastUse { get; set; }

    /// <summary>True until it has answered, where nothing is known of its past.</summary>
    public bool IsUnverified { get; set; }

    public ClockReading LeasedAt { get; set; }

    public bool WasLeased { get; set; }

    /// <summary>How often the whole pool had been invalidated when it was opened.</summary>
    public int Generation { get; }

    /// <summary>Attached to a connection object for as long as that holds this connection and a slot.</summary>
    public StateChangeEventHandler WhileLeased { get; }

    private void OnStateChange(object sender, StateChangeEventArgs change)
    {
        if (change.CurrentState != ConnectionState.Open)
        {
            _tracker.Returned((NpgsqlConnection)sender, this);
        }
    }
}
