using System.Diagnostics;
using Npgsql;
using WarmContext.TestSupport;

namespace WarmContext.Npgsql.Tests;

/// <summary>What breaks between two invocations, and that the second one notices nothing.</summary>
[Collection(nameof(PostgresCollection))]
public sealed class FaultTests(PostgresFixture postgres)
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(20);

    private readonly FreezableTimeProvider _time = new();
    private readonly string _name = Db.NewApplicationName();

    private WarmNpgsqlDataSource Open(int? port = null, int concurrency = 1, Action<WarmNpgsqlOptions>? configure = null)
    {
        var options = new WarmNpgsqlOptions { Environment = Db.Environment(_time, concurrency), ApplicationName = _name };
        configure?.Invoke(options);
        return new WarmNpgsqlDataSource(postgres.Cluster.For(port ?? postgres.Cluster.Port), options);
    }

    private void Freeze() => _time.Freeze(TimeSpan.FromSeconds(10));

    [Fact]
    public async Task A_restarted_server_fails_no_invocation_not_even_one_that_begins_while_it_is_down()
    {
        await using var source = Open();
        for (var round = 0; round < 2; round++)
        {
            var before = await source.UseAsync();
            await postgres.Cluster.RestartAsync();
            Freeze();
            Assert.NotEqual(before, await source.UseAsync());

            await postgres.Cluster.DownAsync();
            Freeze();
            var invocation = Db.InInvocationAsync(Db.Environment(_time), s_deadline, () => source.UseAsync());
            await postgres.Cluster.UpAsync();
            Assert.True(await invocation > 0);
        }
    }

    [Fact]
    public async Task A_killed_server_fails_no_invocation_once_it_is_started_again()
    {
        await using var source = Open();
        await source.UseAsync();
        postgres.Cluster.Kill();
        Freeze();
        var invocation = Db.InInvocationAsync(Db.Environment(_time), s_deadline, () => source.UseAsync());
        await postgres.Cluster.UpAsync();

        Assert.True(await invocation > 0);
    }

    [Fact]
    public async Task A_connection_that_the_server_reaped_is_replaced_unnoticed()
    {
        await using var source = Open(configure: options =>
        {
            options.FreshFor = TimeSpan.FromMilliseconds(100);
            options.IdleSessionTimeout = TimeSpan.FromSeconds(2);
        });
        var first = await source.UseAsync();
        await using (var connection = await source.OpenConnectionAsync())
        {
            Assert.Equal("2s", await connection.QueryAsync<string>("SHOW idle_session_timeout"));
        }

        while (await postgres.ConnectionsAsync(_name) > 0)
        {
            await Task.Delay(20);
        }

        Assert.NotEqual(first, await source.UseAsync());
    }

    [Fact]
    public async Task A_server_with_no_connection_to_spare_is_waited_for()
    {
        var role = $"crowd_{Guid.NewGuid():N}";
        await postgres.AdminAsync<object>($"CREATE ROLE {role} LOGIN PASSWORD 'crowd'");
        await using var source = new WarmNpgsqlDataSource(
            postgres.Cluster.For(postgres.Cluster.Port, role, "crowd"),
            new WarmNpgsqlOptions { Environment = Db.Environment(_time), ApplicationName = _name });
        var crowd = new List<NpgsqlConnection>();
        try
        {
            // Until max_connections is reached.
            try
            {
                while (true)
                {
                    var connection = new NpgsqlConnection(postgres.Cluster.For(postgres.Cluster.Port, role, "crowd") + ";Pooling=false");
                    crowd.Add(connection);
                    await connection.OpenAsync();
                }
            }
            catch (PostgresException full) when (full.SqlState == PostgresErrorCodes.TooManyConnections)
            {
            }

            var refused = await Db.FailOnceRefusedAsync(postgres.Cluster.For(postgres.Cluster.Port, role, "crowd"));
            Assert.Contains("no connection to spare (53300", refused.Message, StringComparison.Ordinal);
            Assert.Contains("Gave up after", refused.Message, StringComparison.Ordinal);
            Assert.True(refused.IsTransient);

            var waiting = Db.InInvocationAsync(Db.Environment(_time), s_deadline, () => source.UseAsync());
            Assert.False(waiting.IsCompleted);
            await crowd[0].CloseAsync();
            Assert.True(await waiting > 0);
        }
        finally
        {
            foreach (var connection in crowd)
            {
                await connection.DisposeAsync();
            }
        }
    }

    [Theory]
    [InlineData(NetworkFault.Reset)]
    [InlineData(NetworkFault.HalfClose)]
    [InlineData(NetworkFault.Blackhole)]
    [InlineData(NetworkFault.LongDelay)]
    public async Task A_connection_that_the_network_broke_is_replaced(NetworkFault fault)
    {
        await using var proxy = new FaultProxy(postgres.Cluster.Port);
        await using var source = Open(proxy.Port);
        for (var round = 0; round < 5; round++)
        {
            var before = await source.UseAsync();
            proxy.Inflict(fault);
            Freeze();

            Assert.NotEqual(before, await Db.InInvocationAsync(Db.Environment(_time), s_deadline, () => source.UseAsync()));
        }
    }

    [Fact]
    public async Task A_connection_that_is_merely_slow_is_kept()
    {
        await using var proxy = new FaultProxy(postgres.Cluster.Port);
        await using var source = Open(proxy.Port, configure: static options => options.ProbeTimeout = TimeSpan.FromSeconds(5));
        var before = await source.UseAsync();
        proxy.Delay(TimeSpan.FromMilliseconds(250));
        Freeze();

        Assert.Equal(before, await source.UseAsync());
    }

    [Fact]
    public async Task Thirty_two_invocations_at_once_all_lease_live_connections_within_the_maximum()
    {
        // However busy the machine: a half-open connection would count beyond the maximum until Npgsql has closed it.
        await using var source = Open(concurrency: 32, configure: static options => options.ProbeTimeout = TimeSpan.FromMinutes(1));
        Assert.Equal(33, source.MaxConnections);
        for (var round = 0; round < 5; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => Task.Run(async () =>
            {
                for (var i = 0; i < 5; i++)
                {
                    await source.UseAsync();
                }
            })));
            Assert.InRange(await postgres.ConnectionsAsync(_name), 1, source.MaxConnections);
            await postgres.TerminateAsync(_name);
            Freeze();
        }
    }

    [Fact]
    public async Task A_command_that_breaks_its_connection_is_reported_and_never_run_again()
    {
        var sequence = $"runs_{Guid.NewGuid():N}";
        await postgres.AdminAsync<object>($"CREATE SEQUENCE {sequence}");
        await using var source = Open();
        await Assert.ThrowsAnyAsync<NpgsqlException>(async () =>
        {
            await using var connection = await source.OpenConnectionAsync();
            await connection.QueryAsync<long>($"SELECT nextval('{sequence}') FROM (SELECT pg_terminate_backend(pg_backend_pid())) killed");
        });

        // Right after, and not after a pause: a connection that broke in its user's hands is not handed out again.
        await using var next = await source.OpenConnectionAsync();
        Assert.True(await next.QueryAsync<long>($"SELECT last_value FROM {sequence}") <= 1);
    }

    [Fact]
    public async Task Leasing_takes_no_more_than_the_invocation_has_left()
    {
        await using var proxy = new FaultProxy(postgres.Cluster.Port) { RefuseNew = true };
        await using var source = Open(proxy.Port, configure: options => options.DeadlineMargin = TimeSpan.FromSeconds(8));
        var watch = Stopwatch.StartNew();

        await Assert.ThrowsAsync<WarmNpgsqlException>(
            () => Db.InInvocationAsync(Db.Environment(_time), TimeSpan.FromSeconds(10), () => source.UseAsync()));

        Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task With_no_time_left_a_lease_fails_and_takes_nothing_with_it()
    {
        await using var source = Open(
            configure: static options => (options.MaxIdleTime, options.ProbeTimeout) = (Timeout.InfiniteTimeSpan, TimeSpan.FromMinutes(1)));
        var first = await source.UseAsync();
        for (var i = 0; i < 100; i++)
        {
            Freeze();
            await Assert.ThrowsAsync<WarmNpgsqlException>(
                () => Db.InInvocationAsync(Db.Environment(_time), TimeSpan.FromMilliseconds(1), () => source.UseAsync()));
        }

        Assert.Equal(first, await source.UseAsync());
        Assert.Equal(1, await postgres.ConnectionsAsync(_name));
    }
}
