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
        LastAnswer = openedAt;
        Generation = generation;
        WhileLeased = OnStateChange;
    }

    /// <summary>
    /// When it was opened, or answered its last probe. Npgsql doesn't tell whether a lease did any I/O, so giving one back changes nothing.
    /// </summary>
    public ClockReading LastAnswer { get; set; }

    /// <summary>True until it has answered, where nothing is known of its past.</summary>
    public bool IsUnverified { get; set; }

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
