using Npgsql;
using WarmContext.LocalServices;

namespace WarmContext.Npgsql.Tests;

/// <summary>
/// Through a real PgBouncer. RDS Proxy, which can't be had here, pools by transaction as well and asks for the same restraint.
/// </summary>
[Collection(nameof(PostgresCollection))]
public sealed class PgBouncerTests(PostgresFixture postgres)
{
    private readonly FreezableTimeProvider _time = new();
    private readonly string _name = Db.NewApplicationName();

    private WarmNpgsqlDataSource Open(string connectionString, WarmNpgsqlPreset preset, int concurrency = 1, TimeSpan? probeTimeout = null)
    {
        var options = new WarmNpgsqlOptions { Environment = Db.Environment(_time, concurrency), ApplicationName = _name, Preset = preset };
        options.ProbeTimeout = probeTimeout ?? options.ProbeTimeout;
        return new WarmNpgsqlDataSource(connectionString, options);
    }

    [Theory]
    [InlineData("session", WarmNpgsqlPreset.Direct)]
    [InlineData("transaction", WarmNpgsqlPreset.Proxy)]
    public async Task Thirty_two_invocations_share_a_few_server_connections(string mode, WarmNpgsqlPreset preset)
    {
        await using var bouncer = await PrivatePgBouncer.StartAsync(postgres.Cluster, mode, mode == "session" ? 40 : 5);
        await using var source = Open(bouncer.ConnectionString, preset, 32, TimeSpan.FromMinutes(1));
        var start = await postgres.NowAsync();
        await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 10; i++)
            {
                await using var connection = await source.OpenConnectionAsync();
                await using var transaction = await connection.BeginTransactionAsync();
                await connection.QueryAsync<int>("SELECT 1");
                await transaction.CommitAsync();
            }
        })));

        // Counted by their age: what resets a session behind a pooler takes its application_name with it.
        Assert.InRange(await postgres.ConnectionsSinceAsync(start), 1, mode == "session" ? source.MaxConnections : 5);
    }

    [Theory]
    [InlineData("session", WarmNpgsqlPreset.Direct)]
    [InlineData("transaction", WarmNpgsqlPreset.Proxy)]
    public async Task A_pooler_that_died_and_came_back_fails_no_invocation(string mode, WarmNpgsqlPreset preset)
    {
        await using var bouncer = await PrivatePgBouncer.StartAsync(postgres.Cluster, mode);
        await using var source = Open(bouncer.ConnectionString, preset);
        for (var round = 0; round < 3; round++)
        {
            await source.UseAsync();
            bouncer.Kill();
            _time.Freeze(TimeSpan.FromSeconds(5));
            var invocation = Db.InInvocationAsync(Db.Environment(_time), TimeSpan.FromSeconds(20), () => source.UseAsync());
            await bouncer.StartAgainAsync();
            Assert.True(await invocation > 0);
        }
    }

    [Theory]
    [InlineData("session", WarmNpgsqlPreset.Direct)]
    [InlineData("transaction", WarmNpgsqlPreset.Proxy)]
    public async Task Killed_backends_behind_the_pooler_fail_no_invocation(string mode, WarmNpgsqlPreset preset)
    {
        await using var bouncer = await PrivatePgBouncer.StartAsync(postgres.Cluster, mode);
        await using var source = Open(bouncer.ConnectionString, preset);
        for (var round = 0; round < 10; round++)
        {
            await source.UseAsync();
            await postgres.TerminateAsync(_name);
            _time.Freeze(TimeSpan.FromSeconds(5));
            Assert.True(await source.UseAsync() > 0);
        }
    }

    [Fact]
    public async Task Behind_a_session_pooler_what_one_lease_sets_the_next_does_not_see()
    {
        await using var bouncer = await PrivatePgBouncer.StartAsync(postgres.Cluster, "session");
        await using var source = Open(bouncer.ConnectionString, WarmNpgsqlPreset.Direct);
        await using (var connection = await source.OpenConnectionAsync())
        {
            await connection.QueryAsync<string>("SELECT set_config('search_path', 'elsewhere', false)");
        }

        await using var next = await source.OpenConnectionAsync();
        Assert.DoesNotContain("elsewhere", await next.QueryAsync<string>("SHOW search_path"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task For_a_transaction_pooler_nothing_is_sent_that_belongs_to_a_session()
    {
        // The server's own log of statements is the witness.
        await postgres.Cluster.ConfigureAsync("log_statement=all");
        try
        {
            await using var bouncer = await PrivatePgBouncer.StartAsync(postgres.Cluster, "transaction");
            await using var source = Open(bouncer.ConnectionString, WarmNpgsqlPreset.Proxy);
            var marker = $"marker {_name}";
            for (var i = 0; i < 5; i++)
            {
                await using var connection = await source.OpenConnectionAsync();
                await connection.QueryAsync<string>($"SELECT '{marker}'");
                _time.Freeze(TimeSpan.FromSeconds(5));
            }

            var log = await postgres.Cluster.ReadLogAsync();
            var since = log[log.IndexOf(marker, StringComparison.Ordinal)..];
            Assert.DoesNotContain("DISCARD", since, StringComparison.Ordinal);
            Assert.DoesNotContain("RESET", since, StringComparison.Ordinal);
        }
        finally
        {
            await postgres.Cluster.ConfigureAsync("log_statement=none");
        }
    }

    [Fact]
    public async Task A_database_that_the_pooler_cannot_reach_is_reported_at_once()
    {
        await using var bouncer = await PrivatePgBouncer.StartAsync(postgres.Cluster, "transaction");
        await using var source = Open(postgres.Cluster.For(bouncer.Port, database: "nowhere"), WarmNpgsqlPreset.Proxy);

        var error = await Assert.ThrowsAsync<WarmNpgsqlException>(
            () => Db.InInvocationAsync(Db.Environment(_time), TimeSpan.FromSeconds(10), () => source.UseAsync()));
        Assert.Contains("nowhere", error.Message, StringComparison.Ordinal);
    }
}
