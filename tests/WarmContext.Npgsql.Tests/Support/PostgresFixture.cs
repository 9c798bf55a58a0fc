using Npgsql;
using WarmContext.LocalServices;

namespace WarmContext.Npgsql.Tests;

/// <summary>
/// One private cluster for a collection of tests, and a connection of the tests' own to see and break what the code under test has open.
/// </summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    private PrivatePostgres? _cluster;

    public PrivatePostgres Cluster => _cluster ?? throw new InvalidOperationException("Not started.");

    /// <summary>The tests' own way in: never pooled, so that each use works after whatever happened before.</summary>
    public async Task<T?> AdminAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(Cluster.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync() is T value ? value : default;
    }

    public async Task<int> ConnectionsAsync(string applicationName) =>
        (int)await AdminAsync<long>($"SELECT count(*) FROM pg_stat_activity WHERE application_name = '{applicationName}'");

    public Task<DateTime> NowAsync() => AdminAsync<DateTime>("SELECT clock_timestamp()");

    /// <summary>The connections of clients that are younger than a moment, without the one that asks.</summary>
    public async Task<int> ConnectionsSinceAsync(DateTime start) => (int)await AdminAsync<long>(
        $"SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() "
                + $"AND backend_start >= '{start:O}'");

    /// <summary>Kills the backends of an application, and waits until they are gone.</summary>
    public async Task TerminateAsync(string applicationName)
    {
        // Left to wait for each, the server would look every 100 ms only.
        await AdminAsync<long>(
            $"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = '{applicationName}'");
        while (await ConnectionsAsync(applicationName) > 0)
        {
            await Task.Delay(5);
        }
    }

    public async Task InitializeAsync() => _cluster = await PrivatePostgres.StartAsync();

    public async Task DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }
}
