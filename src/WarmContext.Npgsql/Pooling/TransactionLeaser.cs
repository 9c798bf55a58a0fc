using System.Data;
using System.Runtime.CompilerServices;
using System.Transactions;
using Npgsql;
using WarmContext.Npgsql.Opening;
using WarmContext.Shared.Connections;

namespace WarmContext.Npgsql.Pooling;

/// <summary>
/// Leases within an ambient transaction (<see cref="TransactionScope"/>). Npgsql would enlist a connection as it opens it, and the probe
/// would run inside the transaction; so the connection is leased outside, and enlisted once it is known to be alive.
/// </summary>
internal sealed class TransactionLeaser(ConnectionLeaser leaser, PooledConnectionTracker tracker, LeasePolicy policy, NpgsqlDataSource pool)
{
    // The connection objects that were leased within each transaction.
    private readonly ConditionalWeakTable<Transaction, List<NpgsqlConnection>> _enlisted = [];

    public async ValueTask<NpgsqlConnection> LeaseAsync(Transaction ambient, CancellationToken cancellationToken)
    {
        var enlisted = _enlisted.GetOrCreateValue(ambient);
        if (TakeClosed(enlisted) is { } closed)
        {
            try
            {
                return Add(enlisted, await LeaseAgainAsync(cancellationToken).ConfigureAwait(false));
            }
            catch
            {
                Add(enlisted, closed);
                throw;
            }
        }

        // A scope, and not Transaction.Current = null: setting that under a scope that flows leaves it set on this thread for ever.
        ValueTask<NpgsqlConnection> leasing;
        using (new TransactionScope(TransactionScopeOption.Suppress, TransactionScopeAsyncFlowOption.Enabled))
        {
            leasing = leaser.LeaseAsync(cancellationToken);
        }

        var connection = await leasing.ConfigureAwait(false);
        try
        {
            connection.EnlistTransaction(ambient);
            return Add(enlisted, connection);
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>As <see cref="LeaseAsync"/>, blocking.</summary>
    public NpgsqlConnection Lease(Transaction ambient, BlockingLeaser blocking)
    {
        var enlisted = _enlisted.GetOrCreateValue(ambient);
        if (TakeClosed(enlisted) is { } closed)
        {
            try
            {
                return Add(enlisted, LeaseAgain());
            }
            catch
            {
                Add(enlisted, closed);
                throw;
            }
        }

        NpgsqlConnection connection;
        using (new TransactionScope(TransactionScopeOption.Suppress, TransactionScopeAsyncFlowOption.Enabled))
        {
            connection = blocking.Lease();
        }

        try
        {
            connection.EnlistTransaction(ambient);
            return Add(enlisted, connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static NpgsqlConnection Add(List<NpgsqlConnection> enlisted, NpgsqlConnection connection)
    {
        lock (enlisted)
        {
            enlisted.Add(connection);
            return connection;
        }
    }

    /// <summary>
    /// Takes one that was closed: behind it, Npgsql keeps a connection for the transaction. While all are open, another connection is
    /// needed, which must be validated.
    /// </summary>
    private static NpgsqlConnection? TakeClosed(List<NpgsqlConnection> enlisted)
    {
        lock (enlisted)
        {
            var closed = enlisted.Find(static connection => connection.State != ConnectionState.Open);
            return closed is not null && enlisted.Remove(closed) ? closed : null;
        }
    }

    /// <summary>As <see cref="LeaseAgainAsync"/>, blocking.</summary>
    private NpgsqlConnection LeaseAgain()
    {
        using var limit = new LeaseLimit(policy, CancellationToken.None);
        ConnectionSlots.Slot slot = default;
        NpgsqlConnection? connection = null;
        try
        {
            slot = limit.TakeSlot(tracker.Slots);
            connection = pool.CreateConnection();
            connection.Open();
            tracker.Leased(connection, tracker.FindOrAdd(connection), ref slot);
            return connection;
        }
        catch (Exception exception)
        {
            connection?.Dispose();
            throw leaser.Describe(exception, limit, CancellationToken.None);
        }
        finally
        {
            slot.Dispose();
        }
    }

    /// <summary>
    /// Has Npgsql open a connection that the transaction holds already. It was alive within this transaction, and must not be probed in it.
    /// </summary>
    private async ValueTask<NpgsqlConnection> LeaseAgainAsync(CancellationToken cancellationToken)
    {
        using var limit = new LeaseLimit(policy, cancellationToken);
        ConnectionSlots.Slot slot = default;
        NpgsqlConnection? connection = null;
        try
        {
            slot = await limit.TakeSlotAsync(tracker.Slots).ConfigureAwait(false);
            connection = pool.CreateConnection();
            await connection.OpenAsync(limit.Token).ConfigureAwait(false);
            tracker.Leased(connection, tracker.FindOrAdd(connection), ref slot);
            return connection;
        }
        catch (Exception exception)
        {
            if (connection is not null)
            {
                await connection.DisposeAsync().ConfigureAwait(false);
            }

            throw leaser.Describe(exception, limit, cancellationToken);
        }
        finally
        {
            slot.Dispose();
        }
    }
}
