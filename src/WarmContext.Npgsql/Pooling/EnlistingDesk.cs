using System.Runtime.CompilerServices;
using System.Transactions;
using Npgsql;
using WarmContext.Connections;

namespace WarmContext.Npgsql;

/// <summary>
/// Leases within an ambient transaction (<see cref="TransactionScope"/>). Npgsql would enlist a connection as it opens it, and the probe would run
/// inside the transaction; so it is leased outside first, and enlisted once it is known to be alive.
/// </summary>
internal sealed class EnlistingDesk(LeaseDesk desk, PoolLedger ledger, LeasePolicy policy, NpgsqlDataSource pool)
{
    private readonly ConditionalWeakTable<Transaction, object> _enlisted = [];

    public async ValueTask<NpgsqlConnection> LeaseAsync(Transaction ambient, CancellationToken cancellationToken)
    {
        if (_enlisted.TryGetValue(ambient, out _))
        {
            return await LeaseAgainAsync(cancellationToken).ConfigureAwait(false);
        }

        // A scope, and not Transaction.Current = null: setting that under a scope that flows leaves it set on this thread for ever.
        ValueTask<NpgsqlConnection> leasing;
        using (new TransactionScope(TransactionScopeOption.Suppress, TransactionScopeAsyncFlowOption.Enabled))
        {
            leasing = desk.LeaseAsync(cancellationToken);
        }

        var connection = await leasing.ConfigureAwait(false);
        try
        {
            connection.EnlistTransaction(ambient);
            _enlisted.AddOrUpdate(ambient, ambient);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Has Npgsql hand out the connection that the transaction holds already. It was alive within this transaction, and must not be probed in it.</summary>
    private async ValueTask<NpgsqlConnection> LeaseAgainAsync(CancellationToken cancellationToken)
    {
        using var limit = new LeaseLimit(policy, cancellationToken);
        NpgsqlConnection? connection = null;
        try
        {
            await ledger.Slots.WaitAsync(limit.Token).ConfigureAwait(false);
            connection = pool.CreateConnection();
            await connection.OpenAsync(limit.Token).ConfigureAwait(false);
            ledger.Leased(connection, ledger.FindOrNote(connection));
            return connection;
        }
        catch (Exception exception)
        {
            if (connection is not null)
            {
                ledger.Slots.Release();
                await connection.DisposeAsync().ConfigureAwait(false);
            }

            throw desk.Describe(exception, limit, connection is not null, cancellationToken);
        }
    }
}
