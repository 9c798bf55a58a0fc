using System.Diagnostics;

namespace WarmContext.Npgsql.Tests;

[Collection(nameof(PostgresCollection))]
public sealed class RefusalTests(PostgresFixture postgres)
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(3);

    private static async Task<(WarmNpgsqlException Error, TimeSpan Took)> FailAsync(string connectionString, Action<WarmNpgsqlOptions>? configure = null)
    {
        var options = new WarmNpgsqlOptions { Environment = Db.Environment() };
        configure?.Invoke(options);
        await using var source = new WarmNpgsqlDataSource(connectionString, options);
        var watch = Stopwatch.StartNew();
        var error = await Assert.ThrowsAsync<WarmNpgsqlException>(() => Db.InInvocationAsync(options.Environment, s_deadline, () => source.UseAsync()));
        return (error, watch.Elapsed);
    }

    [Fact]
    public async Task A_wrong_password_fails_at_once_and_says_so()
    {
        var (error, took) = await FailAsync(postgres.Cluster.For(postgres.Cluster.Port, password: "wrong"));

        Assert.Contains("127.0.0.1", error.Message, StringComparison.Ordinal);
        Assert.Contains("user 'admin'", error.Message, StringComparison.Ordinal);
        Assert.Contains("Check Username and Password", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong", error.Message, StringComparison.Ordinal);
        Assert.Equal("28P01", error.SqlState);
        Assert.False(error.IsTransient);
        Assert.True(took < TimeSpan.FromSeconds(2), $"It took {took}.");
    }

    [Fact]
    public async Task A_missing_database_fails_at_once_and_says_so()
    {
        var (error, took) = await FailAsync(postgres.Cluster.For(postgres.Cluster.Port, database: "nowhere"));

        Assert.Contains("database 'nowhere'", error.Message, StringComparison.Ordinal);
        Assert.Equal("3D000", error.SqlState);
        Assert.True(took < TimeSpan.FromSeconds(2), $"It took {took}.");
    }

    [Fact]
    public async Task An_unreachable_server_is_named_within_the_invocations_deadline()
    {
        var (error, took) = await FailAsync(postgres.Cluster.For(1));

        Assert.Contains("127.0.0.1:1", error.Message, StringComparison.Ordinal);
        Assert.Contains("can't be reached", error.Message, StringComparison.Ordinal);
        Assert.True(error.IsTransient);
        Assert.True(took < s_deadline, $"It took {took}.");
    }

    [Fact]
    public async Task A_server_that_accepts_and_says_nothing_is_given_up_on_within_the_deadline()
    {
        await using var proxy = new FaultProxy(postgres.Cluster.Port) { SwallowNew = true };
        var (error, took) = await FailAsync(postgres.Cluster.For(proxy.Port));

        Assert.Contains($":{proxy.Port}", error.Message, StringComparison.Ordinal);
        Assert.True(took < s_deadline, $"It took {took}.");
    }

    [Fact]
    public async Task After_a_failure_the_next_invocation_works_once_it_is_mended()
    {
        await using var proxy = new FaultProxy(postgres.Cluster.Port) { RefuseNew = true };
        var environment = Db.Environment();
        await using var source = new WarmNpgsqlDataSource(postgres.Cluster.For(proxy.Port), new WarmNpgsqlOptions { Environment = environment });
        for (var i = 0; i < 4; i++)
        {
            await Assert.ThrowsAsync<WarmNpgsqlException>(() => Db.InInvocationAsync(environment, TimeSpan.FromSeconds(0.7), () => source.UseAsync()));
        }

        proxy.RefuseNew = false;
        Assert.True(await Db.InInvocationAsync(environment, s_deadline, () => source.UseAsync()) > 0);
    }

    [Theory]
    [InlineData("Host=db;Colour=red", "can't be read")]
    [InlineData("Database=orders", "no Host")]
    [InlineData("Host=db;Pooling=false", "Pooling=false")]
    [InlineData("Host=db;Multiplexing=true", "Multiplexing=true")]
    [InlineData("Host=db;Keepalive=30", "Keepalive=30")]
    [InlineData("Host=db;Maximum Pool Size=1", "Maximum Pool Size=1")]
    [InlineData("Host=db;Minimum Pool Size=9", "Minimum Pool Size=9")]
    [InlineData("Host=db;No Reset On Close=true", "No Reset On Close=True")]
    public void A_connection_string_that_cannot_work_is_refused_at_construction(string connectionString, string says)
    {
        var error = Assert.ThrowsAny<ArgumentException>(() => new WarmNpgsqlDataSource(connectionString, new WarmNpgsqlOptions { Environment = Db.Environment() }));

        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, Action<WarmNpgsqlOptions>> BadOptions => new()
    {
        { "MaxConnections is 1; it must be between 2 and 10000", static options => options.MaxConnections = 1 },
        { "FreshFor is -00:00:01; it must be between", static options => options.FreshFor = TimeSpan.FromSeconds(-1) },
        { "ProbeTimeout is -00:00:01; it must be between", static options => options.ProbeTimeout = TimeSpan.FromSeconds(-1) },
        { "LeaseTimeout is 00:00:00; it must be between", static options => options.LeaseTimeout = TimeSpan.Zero },
        { "DeadlineMargin is -00:00:01; it must be between", static options => options.DeadlineMargin = TimeSpan.FromSeconds(-1) },
        { "MaxIdleTime is 00:10:00; it must be more than FreshFor", static options => options.MaxIdleTime = TimeSpan.FromMinutes(10) },
        { "MaxIdleTime is 00:00:00.5000000; it must be more than FreshFor", static options => options.MaxIdleTime = TimeSpan.FromSeconds(0.5) },
        { "OpenAttemptTimeout is -00:00:01; it must be between", static options => options.OpenAttemptTimeout = TimeSpan.FromSeconds(-1) },
        { "PasswordLife is -00:00:01; it must be 0 or more", static options => options.PasswordLife = TimeSpan.FromSeconds(-1) },
        { "IdleSessionTimeout is 00:00:01; it must be more than FreshFor", static options => options.IdleSessionTimeout = TimeSpan.FromSeconds(1) },
        { "with Preset Proxy it must be null, as a pooler refuses it", static options => (options.Preset, options.IdleSessionTimeout) = (WarmNpgsqlPreset.Proxy, TimeSpan.FromMinutes(1)) },
        { "with Preset Proxy it must be null or Keep", static options => (options.Preset, options.SessionState) = (WarmNpgsqlPreset.Proxy, WarmSessionState.Reset) },
        { "Preset is 9; it must be one of Direct, Proxy, AuroraFailover", static options => options.Preset = (WarmNpgsqlPreset)9 },
        { "SessionState is 9; it must be one of Reset, Keep", static options => options.SessionState = (WarmSessionState)9 },
        { "Environment is null", static options => options.Environment = null! },
        { "PasswordProvider is set too", static options => options.PasswordProvider = static (_, _) => new ValueTask<WarmPassword>("x") },
    };

    [Theory]
    [MemberData(nameof(BadOptions))]
    public void An_option_that_is_not_allowed_is_refused_at_construction(string says, Action<WarmNpgsqlOptions> spoil)
    {
        var options = new WarmNpgsqlOptions { Environment = Db.Environment() };
        spoil(options);

        var error = Assert.ThrowsAny<ArgumentException>(() => new WarmNpgsqlDataSource("Host=db;Password=hunter2", options));

        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.Contains("WarmNpgsqlOptions", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_password_provider_that_throws_or_returns_nothing_is_named_and_leaves_nothing_half_open()
    {
        var name = Db.NewApplicationName();
        var answers = new Queue<Func<WarmPassword>>(
        [
            static () => throw new InvalidOperationException("no secret today"),
            static () => default,
            static () => new WarmPassword(string.Empty),
            () => postgres.Cluster.AdminPassword,
        ]);
        await using var source = new WarmNpgsqlDataSource(
            $"{postgres.Cluster.For(postgres.Cluster.Port)};Password=",
            new WarmNpgsqlOptions { Environment = Db.Environment(), ApplicationName = name, PasswordProvider = (_, _) => new ValueTask<WarmPassword>(answers.Dequeue()()) });

        var thrown = await Assert.ThrowsAsync<WarmNpgsqlException>(() => source.UseAsync());
        Assert.Contains("WarmNpgsqlOptions.PasswordProvider threw InvalidOperationException: no secret today", thrown.Message, StringComparison.Ordinal);
        for (var i = 0; i < 2; i++)
        {
            var empty = await Assert.ThrowsAsync<WarmNpgsqlException>(() => source.UseAsync());
            Assert.Contains("WarmNpgsqlOptions.PasswordProvider returned null or nothing", empty.Message, StringComparison.Ordinal);
        }

        Assert.Equal(0, await postgres.ConnectionsAsync(name));
        Assert.True(await source.UseAsync() > 0);
    }

    [Fact]
    public async Task When_all_connections_are_leased_the_error_says_so()
    {
        var options = new WarmNpgsqlOptions { Environment = Db.Environment(), LeaseTimeout = TimeSpan.FromMilliseconds(100) };
        await using var source = new WarmNpgsqlDataSource(postgres.Cluster.ConnectionString, options);
        await using var first = await source.OpenConnectionAsync();
        await using var second = await source.OpenConnectionAsync();

        var error = await Assert.ThrowsAsync<WarmNpgsqlException>(async () => await source.OpenConnectionAsync());
        Assert.Contains("all 2 are leased", error.Message, StringComparison.Ordinal);
    }
}
