using System.Diagnostics;
using Npgsql;
using WarmContext.TestSupport;

namespace WarmContext.Npgsql.Tests.Connections;

/// <summary>The lease for any provider, with a real one: Npgsql without its pool.</summary>
[Collection(nameof(PostgresCollection))]
public sealed class WarmConnectionTests(PostgresFixture postgres)
{
    private readonly ManualTimeProvider _time = new();
    private readonly string _name = Db.NewApplicationName();

    private WarmConnection<NpgsqlConnection> Open(
        Action<WarmConnectionOptions<NpgsqlConnection>>? configure = null, int? port = null, TimeProvider? time = null)
    {
        var options = new WarmConnectionOptions<NpgsqlConnection> { Environment = Db.Environment(time ?? _time) };
        configure?.Invoke(options);
        var connectionString = $"{postgres.Cluster.For(port ?? postgres.Cluster.Port)};Pooling=false;Application Name={_name}";
        return new WarmConnection<NpgsqlConnection>(() => new NpgsqlConnection(connectionString), options);
    }

    private static async Task<int> UseAsync(WarmConnection<NpgsqlConnection> connections)
    {
        await using var lease = await connections.LeaseAsync();
        return await lease.Connection.QueryAsync<int>("SELECT pg_backend_pid()");
    }

    [Fact]
    public async Task A_connection_is_kept_while_it_answers_and_replaced_when_it_does_not()
    {
        await using var connections = Open();
        var first = await UseAsync(connections);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(first, await UseAsync(connections));

        await postgres.TerminateAsync(_name);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.NotEqual(first, await UseAsync(connections));
        Assert.Equal(1, await postgres.ConnectionsAsync(_name));
    }

    [Fact]
    public async Task A_connection_idle_past_the_limit_is_replaced_without_a_probe()
    {
        await using var proxy = new FaultProxy(postgres.Cluster.Port);
        await using var connections = Open(options => options.ProbeTimeout = TimeSpan.FromMinutes(1), proxy.Port);
        var first = await UseAsync(connections);

        proxy.Blackhole();
        _time.AdvanceWallOnly(TimeSpan.FromSeconds(301));

        Assert.NotEqual(first, await UseAsync(connections));
    }

    [Fact]
    public async Task A_half_open_connection_is_replaced_after_the_probes_timeout()
    {
        await using var proxy = new FaultProxy(postgres.Cluster.Port);
        await using var connections = Open(options => options.FreshFor = TimeSpan.Zero, proxy.Port, TimeProvider.System);
        await UseAsync(connections);

        var best = TimeSpan.MaxValue;
        for (var round = 0; round < 40 && best > TimeSpan.FromMilliseconds(300); round++)
        {
            proxy.Blackhole();
            var watch = Stopwatch.StartNew();
            await UseAsync(connections);
            best = watch.Elapsed < best ? watch.Elapsed : best;
        }

        Assert.InRange(best, TimeSpan.FromMilliseconds(190), TimeSpan.FromMilliseconds(300));
    }

    [Fact]
    public async Task A_reset_runs_between_leases_and_stands_in_for_the_probe()
    {
        await using var connections = Open(options => options.Reset = static async connection =>
        {
            await using var command = new NpgsqlCommand("DISCARD ALL", connection);
            await command.ExecuteNonQueryAsync();
        });
        await using (var lease = await connections.LeaseAsync())
        {
            await lease.Connection.QueryAsync<string>("SELECT set_config('search_path', 'elsewhere', false)");
        }

        await using var next = await connections.LeaseAsync();
        Assert.DoesNotContain("elsewhere", await next.Connection.QueryAsync<string>("SHOW search_path"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lease_beyond_the_maximum_waits_and_says_why_when_time_is_up()
    {
        await using var connections = Open(options => options.LeaseTimeout = TimeSpan.FromSeconds(3));
        await using var first = await connections.LeaseAsync();
        await using var second = await connections.LeaseAsync();

        var waiting = connections.LeaseAsync();
        _time.Advance(TimeSpan.FromSeconds(3));
        var error = await Assert.ThrowsAsync<TimeoutException>(async () => await waiting);
        Assert.Contains("all 2 connections are leased", error.Message, StringComparison.Ordinal);

        await first.DisposeAsync();
        await using var third = await connections.LeaseAsync();
    }

    [Fact]
    public async Task Thirty_two_leases_at_once_share_the_connections()
    {
        await using var connections = Open(
            static options => (options.MaxConnections, options.ProbeTimeout) = (8, TimeSpan.FromMinutes(1)), time: TimeProvider.System);
        await Task.WhenAll(Enumerable.Range(0, 32).Select(async _ =>
        {
            for (var i = 0; i < 10; i++)
            {
                await UseAsync(connections);
            }
        }));

        Assert.InRange(await postgres.ConnectionsAsync(_name), 1, 8);
    }
}
