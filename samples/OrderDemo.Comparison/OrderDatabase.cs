using System.Globalization;
using Npgsql;
using OrderFunction.Contracts;
using WarmContext.LocalServices;

namespace OrderDemo;

/// <summary>A server with one database per form, so that PostgreSQL itself counts the connections that each form opens.</summary>
public sealed class OrderDatabase : IAsyncDisposable
{
    private readonly PrivatePostgres? _server;
    private readonly string _administrator;
    private long _ownSessions;

    private OrderDatabase(PrivatePostgres? server, string connectionString, string name)
    {
        _server = server;
        Name = name;
        _administrator = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString;
        ConnectionString = new NpgsqlConnectionStringBuilder(connectionString) { Database = name }.ConnectionString;
    }

    /// <summary>The database's name.</summary>
    public string Name { get; }

    /// <summary>What the function is given.</summary>
    public string ConnectionString { get; }

    /// <summary>
    /// Whether the server is restarted (it is ours alone), or its sessions are ended one by one, as far as they are ours.
    /// </summary>
    public bool Restarts => _server is not null;

    /// <summary>Creates the database with its tables.</summary>
    /// <param name="server">A server that may be restarted; null takes the one that WARMCONTEXT_POSTGRES names.</param>
    /// <param name="name">The database's name.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public static async Task<OrderDatabase> CreateAsync(PrivatePostgres? server, string name, CancellationToken cancellationToken)
    {
        string connectionString = server?.ConnectionString ?? (await LocalPostgres.GetAsync(cancellationToken)).ConnectionString;
        var database = new OrderDatabase(server, connectionString, name);
        await database.ExecuteAsync($"create database {name}", cancellationToken);
        await using (NpgsqlConnection connection = await OpenAsync(database.ConnectionString, cancellationToken))
        await using (var schema = new NpgsqlCommand(OrderSchema.Sql, connection))
        {
            await schema.ExecuteNonQueryAsync(cancellationToken);
        }

        database._ownSessions = await database.SettledSessionsAsync(cancellationToken);
        return database;
    }

    /// <summary>
    /// Has the server end sessions that were idle for so long.
    /// This is often set up so that frozen environments don't hold connections for hours.
    /// </summary>
    public Task EndIdleSessionsAfterAsync(TimeSpan idle, CancellationToken cancellationToken) =>
        ExecuteAsync(FormattableString.Invariant(
            $"alter database {Name} set idle_session_timeout = '{(int)idle.TotalMilliseconds}ms'"), cancellationToken);

    /// <summary>Breaks every connection: restarts the server where that is ours, ends the database's sessions elsewhere.</summary>
    public Task RestartAsync(CancellationToken cancellationToken) => _server?.RestartAsync(cancellationToken)
        ?? ExecuteAsync($"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{Name}'", cancellationToken);

    /// <summary>The connections opened by the function, as PostgreSQL has counted them, once all are closed.</summary>
    public async Task<long> ConnectionsOpenedAsync(CancellationToken cancellationToken) =>
        await SettledSessionsAsync(cancellationToken) - _ownSessions;

    /// <summary>The orders written.</summary>
    public async Task<long> OrdersAsync(CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await OpenAsync(ConnectionString, cancellationToken);
        await using var command = new NpgsqlCommand("select count(*) from orders", connection);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Runs a statement on the server, from another database.</summary>
    public async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await OpenAsync(_administrator, cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync() => await ExecuteAsync($"drop database if exists {Name} with (force)", CancellationToken.None);

    // A session is counted when it ends at the latest, so wait for the last to end.
    private async Task<long> SettledSessionsAsync(CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await OpenAsync(_administrator, cancellationToken);
        await using var command = new NpgsqlCommand(
            $"select sessions, (select count(*) from pg_stat_activity where datname = '{Name}') "
                + $"from pg_stat_database where datname = '{Name}'",
            connection);
        while (true)
        {
            await using (NpgsqlDataReader row = await command.ExecuteReaderAsync(cancellationToken))
            {
                if (await row.ReadAsync(cancellationToken) && row.GetInt64(1) == 0)
                {
                    return row.GetInt64(0);
                }
            }

            await Task.Delay(50, cancellationToken);
        }
    }

    private static async Task<NpgsqlConnection> OpenAsync(string connectionString, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        return connection;
    }
}
