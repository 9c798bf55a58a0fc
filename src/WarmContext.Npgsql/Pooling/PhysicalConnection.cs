using System.Data;
using Npgsql;

namespace WarmContext.Npgsql.Pooling;

/// <summary>
/// What is known of one physical connection, however many <see cref="NpgsqlConnection"/> objects it serves in its life. Its event handler is
/// attached to the object that leases it, which tells of the return without allocating anything per lease.
/// </summary>
internal sealed class PhysicalConnection
{
    private readonly PoolLedger _ledger;

    public PhysicalConnection(PoolLedger ledger, ClockReading openedAt, int epoch)
    {
        _ledger = ledger;
        LastUse = openedAt;
        Epoch = epoch;
        WhileLeased = OnStateChange;
    }

    /// <summary>
    /// When it was last known to work. Npgsql takes a connection back before it says so, so the next lease may read this a moment early; what it
    /// then sees is older, and costs a probe at most.
    /// </summary>
    public ClockReading LastUse { get; set; }

    /// <summary>True until it has answered, where nothing is known of its past.</summary>
    public bool IsStranger { get; set; }

    public ClockReading LeasedAt { get; set; }

    public bool WasLeased { get; set; }

    /// <summary>How often the pool had been cleared when it was opened.</summary>
    public int Epoch { get; }

    /// <summary>Attached to a connection object for as long as it holds this connection and a slot.</summary>
    public StateChangeEventHandler WhileLeased { get; }

    private void OnStateChange(object sender, StateChangeEventArgs change)
    {
        if (change.CurrentState != ConnectionState.Open)
        {
            _ledger.Returned((NpgsqlConnection)sender, this);
        }
    }
}
