using System.Transactions;
using Npgsql;
using WarmContext.Npgsql.Diagnostics;
using WarmContext.Npgsql.Opening;
using WarmContext.Shared.Connections;

namespace WarmContext.Npgsql.Pooling;

/// <summary>
/// Probes connection objects that their owner opens, as EF Core and Dapper do with those from <c>CreateConnection</c>. Npgsql reports it
/// when the connection is open already, and within the call, so this blocks: not at all for a connection that answered a moment ago, one
/// round trip for an idle one, the probe's timeout for a half-open one.
/// </summary>
internal sealed class ReopenedConnectionProber(ConnectionLeaser leaser, PooledConnectionTracker tracker, LeasePolicy policy, bool enlists)
{
    [ThreadStatic]
    private static bool s_nested;

    public void OnOpened(NpgsqlConnection connection)
    {
        if (s_nested)
        {
            ValidateNested(connection);
        }
        else if (FindUsable(connection) is { } physical && tracker.Slots.TryTake(out var slot))
        {
            Lease(connection, physical, ref slot);
        }
        else
        {
            Reopen(connection);
        }
    }

    /// <summary>
    /// The physical connection, if it needs no probe: it answered a moment ago, or Npgsql has enlisted it in a transaction, in which it
    /// must not be probed.
    /// </summary>
    private PhysicalConnection? FindUsable(NpgsqlConnection connection) =>
        tracker.Find(connection) is { } physical && ((enlists && Transaction.Current is not null) || IsFresh(connection, physical))
            ? physical : null;

    private bool IsFresh(NpgsqlConnection connection, PhysicalConnection physical) =>
        leaser.Check(connection, physical) == LeaseCheck.None && !tracker.IsInvalidated(physical);

    private void Lease(NpgsqlConnection connection, PhysicalConnection physical, ref ConnectionSlots.Slot slot)
    {
        tracker.Unwatch(connection);
        tracker.Leased(connection, physical, ref slot);
    }

    private void Reopen(NpgsqlConnection connection)
    {
        using var limit = new LeaseLimit(policy, CancellationToken.None);
        ConnectionSlots.Slot slot = default;
        try
        {
            // The connection is held meanwhile, and not given back: when no slot comes free, Npgsql takes it back, even if another caller
            // has it by then.
            slot = limit.TakeSlot(tracker.Slots);
            if (FindUsable(connection) is { } physical)
            {
                Lease(connection, physical, ref slot);
                return;
            }

            connection.Close();
            while (!TryOpenNested(connection, ref slot))
            {
                limit.ThrowIfOver();
            }
        }
        catch (Exception exception)
        {
            // Npgsql is about to take back what it had opened: for the second time, if it was closed above, and beyond the maximum, if
            // there was no slot for it. A cleared pool keeps it in neither case.
            tracker.InvalidateAll();
            WarmNpgsqlLog.ReopenFailed(tracker.Name, exception);
            throw leaser.Describe(exception, limit, CancellationToken.None);
        }
        finally
        {
            slot.Dispose();
        }
    }

    private bool TryOpenNested(NpgsqlConnection connection, ref ConnectionSlots.Slot slot)
    {
        s_nested = true;
        try
        {
            connection.Open();
        }
        catch (InvalidConnectionException)
        {
            return false;
        }
        finally
        {
            s_nested = false;
        }

        Lease(connection, tracker.FindOrAdd(connection), ref slot);
        return true;
    }

    private void ValidateNested(NpgsqlConnection connection)
    {
        var physical = tracker.FindOrAdd(connection);
        var check = leaser.Check(connection, physical);
        if (check == LeaseCheck.Replace)
        {
            leaser.ReportReplaced(ConnectionMetrics.ReasonIdle);
        }

        if (check == LeaseCheck.Replace || tracker.IsInvalidated(physical))
        {
            tracker.Invalidate(physical);
            throw new InvalidConnectionException();
        }

        if (check == LeaseCheck.Probe)
        {
            var outcome = leaser.Probe(connection, physical, TimeSpan.MaxValue, out var probing);
            if (outcome != ProbeOutcome.Alive)
            {
                // A probe that still runs ends with the connection, which Npgsql closes now; the object stays in use.
                _ = probing.ContinueWith(
                    static probing => _ = probing.Exception,
                    CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
                throw new InvalidConnectionException();
            }
        }
    }

    /// <summary>Makes Npgsql undo an open whose connection must not be used.</summary>
    private sealed class InvalidConnectionException : Exception;
}
