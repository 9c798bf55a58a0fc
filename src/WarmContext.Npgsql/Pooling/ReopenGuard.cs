using System.Data;
using System.Transactions;
using Npgsql;
using WarmContext.Npgsql.Diagnostics;
using WarmContext.Npgsql.Opening;
using WarmContext.Shared.Connections;

namespace WarmContext.Npgsql.Pooling;

/// <summary>
/// Proves connection objects that their owner opens himself, as EF Core and Dapper do with what <c>CreateConnection</c> gave them. Npgsql tells of
/// it when the connection is open already, and within the call, so this blocks: not at all for a connection just used, one round trip for an
/// idle one, the probe's timeout for a half-open one.
/// </summary>
internal sealed class ReopenGuard(LeaseDesk desk, PoolLedger ledger, LeasePolicy policy, bool enlists)
{
    [ThreadStatic]
    private static bool s_nested;

    public void OnOpened(NpgsqlConnection connection)
    {
        if (s_nested)
        {
            ProveNested(connection);
        }
        else if (FindUsable(connection) is { } physical && ledger.Slots.TryTake(out var slot))
        {
            Lease(connection, physical, ref slot);
        }
        else
        {
            Reopen(connection);
        }
    }

    /// <summary>What is behind a connection that needs no asking: it was used a moment ago, or Npgsql has enlisted it in a transaction, in which it must not be probed.</summary>
    private PhysicalConnection? FindUsable(NpgsqlConnection connection) =>
        ledger.Find(connection) is { } physical
        && ((enlists && Transaction.Current is not null) || (desk.Check(connection, physical) == LeaseCheck.None && !ledger.IsCondemned(physical))) ? physical : null;

    private void Lease(NpgsqlConnection connection, PhysicalConnection physical, ref ConnectionSlot slot)
    {
        ledger.Unwatch(connection);
        ledger.Leased(connection, physical, ref slot);
    }

    private void Reopen(NpgsqlConnection connection)
    {
        using var limit = new LeaseLimit(policy, CancellationToken.None);
        ConnectionSlot slot = default;
        try
        {
            // Held meanwhile, and not given back: when no slot comes free, Npgsql takes it back, whoever may have it by then.
            slot = limit.TakeSlot(ledger.Slots);
            if (FindUsable(connection) is { } physical)
            {
                Lease(connection, physical, ref slot);
                return;
            }

            connection.Close();
            while (!TryOpenNested(connection, ref slot))
            {
                limit.Token.ThrowIfCancellationRequested();
            }
        }
        catch (Exception exception)
        {
            // Npgsql is about to take back what it had opened: for the second time, if it was closed above, and beyond the bound, if there was no
            // slot for it. A cleared pool keeps it in neither case.
            ledger.CondemnAll();
            WarmNpgsqlLog.ReopenFailed(ledger.Name, exception);
            throw desk.Describe(exception, limit, CancellationToken.None);
        }
        finally
        {
            slot.Dispose();
        }
    }

    private bool TryOpenNested(NpgsqlConnection connection, ref ConnectionSlot slot)
    {
        s_nested = true;
        try
        {
            connection.Open();
        }
        catch (UnprovenException)
        {
            return false;
        }
        finally
        {
            s_nested = false;
        }

        Lease(connection, ledger.FindOrNote(connection), ref slot);
        return true;
    }

    private void ProveNested(NpgsqlConnection connection)
    {
        var physical = ledger.FindOrNote(connection);
        var check = desk.Check(connection, physical);
        if (check == LeaseCheck.Replace)
        {
            desk.Replaced(ConnectionMetrics.ReasonIdle);
        }

        if (check == LeaseCheck.Replace || ledger.IsCondemned(physical))
        {
            ledger.Condemn(physical);
            throw new UnprovenException();
        }

        if (check == LeaseCheck.Probe)
        {
            var (outcome, asking) = desk.ProveAsync(connection, physical, CancellationToken.None).AsTask().GetAwaiter().GetResult();
            if (outcome != ProbeOutcome.Alive)
            {
                // A probe that still runs ends with the connection, which Npgsql closes now; the object serves on.
                _ = asking.ContinueWith(static asking => _ = asking.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
                throw new UnprovenException();
            }
        }
    }

    /// <summary>Has Npgsql undo an open whose connection is not to be used.</summary>
    private sealed class UnprovenException : Exception;
}
