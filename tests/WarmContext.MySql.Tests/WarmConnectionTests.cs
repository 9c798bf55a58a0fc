using System.Diagnostics;
using MySql.Data.MySqlClient;
using WarmContext.Npgsql.Tests;

namespace WarmContext.MySql.Tests;

/// <summary>The lease for any provider, with MySQL's own and a real server.</summary>
public sealed class WarmConnectionTests(MariaDbFixture mariadb) : IClassFixture<MariaDbFixture>
{
    private readonly FreezableTimeProvider _time = new();

    private WarmConnection<MySqlConnection> Open(Action<WarmConnectionOptions<MySqlConnection>>? configure = null, int? port = null)
    {
        var options = new WarmConnectionOptions<MySqlConnection>
        {
            Environment = ExecutionEnvironment.Create(new Dictionary<string, string?> { ["AWS_LAMBDA_FUNCTION_NAME"] = "orders" }, _time),
        };
        configure?.Invoke(options);
        var connectionString = mariadb.For(port ?? mariadb.Server.Port);
        return new WarmConnection<MySqlConnection>(() => new MySqlConnection(connectionString), options);
    }

    private void Freeze() => _time.Freeze(TimeSpan.FromSeconds(10));

    [Fact]
    public async Task A_connection_used_a_moment_ago_is_handed_out_without_any_I_O_and_an_idle_one_after_one_answer()
    {
        await using var proxy = new FaultProxy(mariadb.Server.Port);
        await using var connections = Open(
            static options => (options.FreshFor, options.ProbeTimeout) = (TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1)), proxy.Port);
        var first = await connections.UseAsync();
        var before = proxy.Requests;
        await using (await connections.LeaseAsync())
        {
            Assert.Equal(before, proxy.Requests);
        }

        _time.Freeze(TimeSpan.FromSeconds(90));
        await using (await connections.LeaseAsync())
        {
            Assert.Equal(before + 1, proxy.Requests);
        }

        Assert.Equal(first, await connections.UseAsync());
    }

    [Fact]
    public async Task A_connection_that_the_server_killed_is_replaced_unnoticed()
    {
        await using var connections = Open();
        for (var round = 0; round < 3; round++)
        {
            var connection = await connections.UseAsync();
            await mariadb.AdminAsync($"KILL CONNECTION {connection}");
            await mariadb.UntilGoneAsync(connection);
            Freeze();
            Assert.NotEqual(connection, await connections.UseAsync());
        }
    }

    [Fact]
    public async Task A_restarted_server_fails_no_invocation()
    {
        await using var connections = Open();
        await connections.UseAsync();
        await mariadb.Server.RestartAsync();
        Freeze();

        Assert.True(await connections.UseAsync() > 0);
    }

    [Fact]
    public async Task A_connection_reaped_by_wait_timeout_during_a_freeze_is_replaced_unnoticed()
    {
        await using var connections = Open();
        long reaped;
        await using (var lease = await connections.LeaseAsync())
        {
            reaped = await lease.Connection.QueryAsync<long>("SELECT CONNECTION_ID()");
            await lease.Connection.QueryAsync<string>("SET SESSION wait_timeout = 1");
        }

        await mariadb.UntilGoneAsync(reaped);
        Freeze();

        Assert.NotEqual(reaped, await connections.UseAsync());
    }

    [Fact]
    public async Task On_a_half_open_connection_the_probe_is_given_up_on_in_time()
    {
        await using var proxy = new FaultProxy(mariadb.Server.Port);
        await using var connections = Open(port: proxy.Port);
        var first = await connections.UseAsync();
        proxy.Blackhole();
        Freeze();
        var watch = Stopwatch.StartNew();

        Assert.NotEqual(first, await connections.UseAsync());

        // The provider itself would wait for 30 s.
        Assert.InRange(watch.Elapsed, TimeSpan.FromMilliseconds(190), TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task A_wrong_password_fails_at_once_and_frees_its_slot()
    {
        var password = "wrong";
        await using var connections = new WarmConnection<MySqlConnection>(
            () => new MySqlConnection(mariadb.For(mariadb.Server.Port, password)),
            new WarmConnectionOptions<MySqlConnection> { MaxConnections = 2 });
        for (var i = 0; i < 4; i++)
        {
            var watch = Stopwatch.StartNew();
            var error = await Assert.ThrowsAnyAsync<MySqlException>(async () => await connections.LeaseAsync());
            Assert.Contains("Access denied", error.ToString(), StringComparison.Ordinal);
            Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(12));
        }

        password = mariadb.Server.AdminPassword;
        Assert.True(await connections.UseAsync() > 0);
    }

    [Fact]
    public async Task Without_a_reset_the_next_lease_sees_the_session_of_the_last()
    {
        await using var connections = Open();
        Assert.Equal("left", await SetAndReadAgainAsync(connections));
    }

    [Fact]
    public async Task A_reset_sets_the_session_back_between_leases_and_notices_a_dead_connection()
    {
        await using var connections = Open(static options =>
        {
            options.Reset = static connection => connection.QueryAsync<string>("SET SESSION max_sort_length = DEFAULT");
            options.ProbeTimeout = TimeSpan.FromMinutes(1);
        });
        var first = await connections.UseAsync();

        Assert.Null(await SetAndReadAgainAsync(connections));
        Assert.Equal(first, await connections.UseAsync());

        await mariadb.AdminAsync($"KILL CONNECTION {first}");
        await mariadb.UntilGoneAsync(first);
        Assert.NotEqual(first, await connections.UseAsync());
    }

    private static async Task<string?> SetAndReadAgainAsync(WarmConnection<MySqlConnection> connections)
    {
        await using (var lease = await connections.LeaseAsync())
        {
            await lease.Connection.QueryAsync<string>("SET SESSION max_sort_length = 99");
        }

        await using var next = await connections.LeaseAsync();
        return await next.Connection.QueryAsync<long>("SELECT @@SESSION.max_sort_length") == 99 ? "left" : null;
    }
}
