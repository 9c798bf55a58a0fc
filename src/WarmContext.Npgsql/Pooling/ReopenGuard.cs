using System.Data;
using Npgsql;
using WarmContext.Connections;

namespace WarmContext.Npgsql;

/// <summary>
/// Proves connection objects that their owner opens himself, as EF Core and Dapper do with what <c>CreateConnection</c> gave them. Npgsql tells of
/// it when the connection is open already, and within the call, so this blocks: not at all for a connection just used, one round trip for an
/// idle one, the probe's timeout for a half-open one.
/// </summary>
internal sealed class ReopenGuard(LeaseDesk desk, PoolLedger ledger, LeasePolicy policy, ConnectionProbe probe)
{
    [ThreadStatic]
    private static bool s_nested;

    public void OnOpened(NpgsqlConnection connection)
    {
        if (s_nested)
        {
            ProveNested(connection);
            return;
        }

        if (ledger.Find(connection) is { } physical && policy.Check(physical.LastUse) == LeaseCheck.None && !probe.IsKnownReadOnly(connection) && ledger.Slots.Wait(0))
        {
            ledger.Unwatch(connection);
            ledger.Leased(connection, physical);
            return;
        }

        Reopen(connection);
    }

    private void Reopen(NpgsqlConnection connection)
    {
        using var limit = new LeaseLimit(policy, CancellationToken.None);
        try
        {
            connection.Close();
            ledger.Slots.Wait(limit.Token);
            try
            {
                while (!TryOpenNested(connection))
                {
                    limit.Token.ThrowIfCancellationRequested();
                }
            }
            catch
            {
                ledger.Slots.Release();
                throw;
            }
        }
        catch (Exception exception)
        {
            // Npgsql is about to take back, for the second time, the connection that was closed above. A cleared pool ignores that.
            ledger.CondemnAll();
            WarmNpgsqlLog.ReopenFailed(ledger.Name, exception);
            throw exception is OperationCanceledException
                ? new WarmNpgsqlException($"{ledger.Name}: no live connection could be had within {limit.Budget}.", new TimeoutException(), true)
                : exception is WarmNpgsqlException ? exception : OpenFailure.Describe(exception, ledger.Name);
        }
    }

    private static bool TryOpenNested(NpgsqlConnection connection)
    {
        s_nested = true;
        try
        {
            connection.Open();
            return true;
        }
        catch (UnprovenException)
        {
            return false;
        }
        finally
        {
            s_nested = false;
        }
    }

    private void ProveNested(NpgsqlConnection connection)
    {
        var physical = ledger.FindOrNote(connection);
        var check = probe.IsKnownReadOnly(connection) ? LeaseCheck.Probe : policy.Check(physical.LastUse);
        if (check == LeaseCheck.Replace)
        {
            desk.Replaced(ConnectionMetrics.ReasonIdle);
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

        ledger.Unwatch(connection);
        ledger.Leased(connection, physical);
    }

    /// <summary>Has Npgsql undo an open whose connection is not to be used.</summary>
    private sealed class UnprovenException : Exception;
}
