using Npgsql;
using WarmContext.TestSupport;

namespace WarmContext.Npgsql.Tests;

/// <summary>What becomes of connections when the environment is frozen, snapshotted, restored and shut down.</summary>
[Collection(nameof(PostgresCollection))]
public sealed class LifecycleTests(PostgresFixture postgres)
{
    private readonly ManualTimeProvider _time = new();
    private readonly string _name = Db.NewApplicationName();

    private WarmNpgsqlDataSource Open(ExecutionEnvironment environment) => new(
        postgres.Cluster.ConnectionString, new WarmNpgsqlOptions { Environment = environment, ApplicationName = _name });

    [Fact]
    public async Task Connections_are_closed_before_a_snapshot_and_opened_anew_after_a_restore()
    {
        // A database of its own, whose statistics count nobody else's sessions.
        await postgres.AdminAsync<object>($"CREATE DATABASE \"{_name}\"");
        var connectionString = postgres.Cluster.For(postgres.Cluster.Port, database: _name);
        var environment = Db.Environment(_time);
        await using var source = new WarmNpgsqlDataSource(
            connectionString, new WarmNpgsqlOptions { Environment = environment, ApplicationName = _name });
        await using var connections = new WarmConnection<NpgsqlConnection>(
            () => new NpgsqlConnection($"{connectionString};Pooling=false;Application Name={_name}"),
            new WarmConnectionOptions<NpgsqlConnection> { Environment = environment });
        await source.UseAsync();
        (await connections.LeaseAsync()).Dispose();
        await environment.ReleaseAsync(TimeSpan.FromSeconds(10));
        await UntilAsync(0);

        // Closed in words, and not by leaving the server with a dead socket.
        Assert.Equal(0, await postgres.AdminAsync<long>($"SELECT sessions_abandoned FROM pg_stat_database WHERE datname = '{_name}'"));
        _time.AdvanceWallOnly(TimeSpan.FromHours(3));
        await environment.RevalidateAsync(TimeSpan.FromHours(3), TimeSpan.FromSeconds(10));
        await UntilAsync(2);
        var leasing = source.OpenConnectionAsync();
        Assert.True(leasing.IsCompletedSuccessfully);
        await (await leasing).DisposeAsync();
    }

    [Fact]
    public async Task Connections_are_closed_at_shutdown_also_those_that_an_invocation_still_holds()
    {
        var environment = Db.Environment(_time);
        await using var source = Open(environment);
        var leased = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var invocation = Db.InInvocationAsync(environment, TimeSpan.FromMinutes(1), async () =>
        {
            await using var connection = await source.OpenConnectionAsync();
            leased.SetResult();
            await goOn.Task;
            return await connection.QueryAsync<int>("SELECT 1");
        });
        await leased.Task;

        var shutdown = environment.ShutDownAsync();
        Assert.False(shutdown.IsCompleted);
        goOn.SetResult();
        await shutdown;

        Assert.Equal(1, await invocation);
        await UntilAsync(0);
    }

    [Fact]
    public async Task A_data_source_that_was_never_used_opens_nothing_at_a_restore()
    {
        var environment = Db.Environment(_time);
        await using var source = Open(environment);
        await environment.ReleaseAsync(TimeSpan.FromSeconds(10));
        await environment.RevalidateAsync(TimeSpan.FromHours(3), TimeSpan.FromSeconds(10));
        Assert.Equal(0, await postgres.ConnectionsAsync(_name));
    }

    [Fact]
    public async Task Between_invocations_no_timer_is_set_that_a_freeze_could_break()
    {
        await using var source = Open(Db.Environment(_time));
        for (var round = 0; round < 3; round++)
        {
            // New, hot, probed, and replaced.
            await source.UseAsync();
            await source.UseAsync();
            Assert.Equal(0, _time.ArmedTimers);
            _time.Advance(TimeSpan.FromSeconds(2));
            await source.UseAsync();
            Assert.Equal(0, _time.ArmedTimers);
            await postgres.TerminateAsync(_name);
            _time.Advance(TimeSpan.FromSeconds(2));
            await source.UseAsync();
            Assert.Equal(0, _time.ArmedTimers);
        }
    }

    private async Task UntilAsync(int connections)
    {
        for (var attempt = 0; await postgres.ConnectionsAsync(_name) != connections; attempt++)
        {
            Assert.True(attempt < 500, $"The server has {await postgres.ConnectionsAsync(_name)} connections, and not {connections}.");
            await Task.Delay(10);
        }
    }
}
