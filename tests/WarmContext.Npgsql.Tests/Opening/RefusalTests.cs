using System.Diagnostics;
using System.Transactions;

namespace WarmContext.Npgsql.Tests;

[Collection(nameof(PostgresCollection))]
public sealed class RefusalTests(PostgresFixture postgres)
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(10);

    // What is left of that for the lease.
    private static readonly TimeSpan s_budget = TimeSpan.FromSeconds(2);

    // For what must fail at once: so far away that waiting for it can't be mistaken for a busy machine.
    private static readonly TimeSpan s_farDeadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_atOnce = TimeSpan.FromSeconds(15);

    private static async Task<(WarmNpgsqlException Error, TimeSpan Took)> FailAsync(string connectionString, TimeSpan deadline)
    {
        var options = new WarmNpgsqlOptions { Environment = Db.Environment(), DeadlineMargin = deadline == s_deadline ? s_deadline - s_budget : TimeSpan.FromSeconds(1), LeaseTimeout = deadline };
        await using var source = new WarmNpgsqlDataSource(connectionString, options);
        var watch = Stopwatch.StartNew();
        var error = await Assert.ThrowsAsync<WarmNpgsqlException>(() => Db.InInvocationAsync(options.Environment, deadline, () => source.UseAsync()));
        return (error, watch.Elapsed);
    }

    [Fact]
    public async Task A_wrong_password_fails_at_once_and_says_so()
    {
        var (error, took) = await FailAsync(postgres.Cluster.For(postgres.Cluster.Port, password: "wrong"), s_farDeadline);

        Assert.Contains("127.0.0.1", error.Message, StringComparison.Ordinal);
        Assert.Contains("user 'admin'", error.Message, StringComparison.Ordinal);
        Assert.Contains("Check Username and Password", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong", error.Message, StringComparison.Ordinal);
        Assert.Equal("28P01", error.SqlState);
        Assert.False(error.IsTransient);
        Assert.True(took < s_atOnce, $"It took {took}.");
    }

    [Fact]
    public async Task A_missing_database_fails_at_once_and_says_so()
    {
        var (error, took) = await FailAsync(postgres.Cluster.For(postgres.Cluster.Port, database: "nowhere"), s_farDeadline);

        Assert.Contains("database 'nowhere'", error.Message, StringComparison.Ordinal);
        Assert.Equal("3D000", error.SqlState);
        Assert.True(took < s_atOnce, $"It took {took}.");
    }

    [Fact]
    public async Task A_missing_certificate_file_fails_at_once_and_is_named()
    {
        var missing = Path.Combine(Path.GetTempPath(), "nowhere", "rds-bundle.pem");
        var (error, took) = await FailAsync(postgres.Cluster.ConnectionString.Replace(postgres.Cluster.CertificateFile, missing, StringComparison.Ordinal), s_farDeadline);

        Assert.Contains(missing, error.Message, StringComparison.Ordinal);
        Assert.Contains("Check Root Certificate", error.Message, StringComparison.Ordinal);
        Assert.False(error.IsTransient);
        Assert.True(took < s_atOnce, $"It took {took}.");
    }

    [Fact]
    public async Task A_password_that_was_only_just_asked_for_is_not_asked_for_again_when_it_is_refused()
    {
        var asked = 0;
        var options = new WarmNpgsqlOptions
        {
            Environment = Db.Environment(),
            PasswordProvider = (_, _) =>
            {
                asked++;
                return new ValueTask<WarmPassword>("wrong");
            },
        };
        await using var source = new WarmNpgsqlDataSource($"{postgres.Cluster.For(postgres.Cluster.Port)};Password=", options);
        for (var i = 1; i <= 2; i++)
        {
            var error = await Assert.ThrowsAsync<WarmNpgsqlException>(() => Db.InInvocationAsync(options.Environment, s_farDeadline, () => source.UseAsync()));
            Assert.Equal("28P01", error.SqlState);
            Assert.Equal(i, asked);
        }
    }

    [Fact]
    public async Task A_host_name_that_no_resolver_takes_fails_at_once()
    {
        var (error, took) = await FailAsync(postgres.Cluster.ConnectionString.Replace("Host=127.0.0.1", "Host=no host has blanks", StringComparison.Ordinal), s_farDeadline);

        Assert.Contains("Check Host and Port", error.Message, StringComparison.Ordinal);
        Assert.False(error.IsTransient);
        Assert.True(took < s_atOnce, $"It took {took}.");
    }

    // Whether a resolver says "no such name" (which fails at once) or nothing (which may pass) depends on the machine's network.
    [Fact]
    public async Task A_host_that_nobody_knows_is_named_within_the_deadline()
    {
        var (error, took) = await FailAsync(postgres.Cluster.ConnectionString.Replace("Host=127.0.0.1", "Host=db.nowhere.invalid", StringComparison.Ordinal), s_deadline);

        Assert.Contains("db.nowhere.invalid", error.Message, StringComparison.Ordinal);
        Assert.Contains("Check Host and Port", error.Message, StringComparison.Ordinal);
        Assert.True(took < s_deadline, $"It took {took}.");
    }

    [Fact]
    public async Task An_unreachable_server_is_named_within_the_invocations_deadline()
    {
        var (error, took) = await FailAsync(postgres.Cluster.For(1), s_deadline);

        Assert.Contains("127.0.0.1:1", error.Message, StringComparison.Ordinal);
        Assert.Contains("can't be reached", error.Message, StringComparison.Ordinal);
        Assert.True(error.IsTransient);
        Assert.True(took < s_deadline, $"It took {took}.");
    }

    [Fact]
    public async Task A_server_that_accepts_and_says_nothing_is_given_up_on_within_the_deadline()
    {
        await using var proxy = new FaultProxy(postgres.Cluster.Port) { SwallowNew = true };
        var (error, took) = await FailAsync(postgres.Cluster.For(proxy.Port), s_deadline);

        Assert.Contains($":{proxy.Port}", error.Message, StringComparison.Ordinal);

        // So does a server that a security group shuts off.
        Assert.Contains("answers too slowly, or not at all. Check Host and Port, the security group", error.Message, StringComparison.Ordinal);
        Assert.True(took < s_deadline, $"It took {took}.");
    }

    [Fact]
    public async Task An_attempt_that_gets_no_answer_is_given_up_on_for_another_one()
    {
        await using var proxy = new FaultProxy(postgres.Cluster.Port) { SwallowNew = true };
        var options = new WarmNpgsqlOptions { Environment = Db.Environment(), OpenAttemptTimeout = TimeSpan.FromSeconds(2), LeaseTimeout = s_farDeadline };
        await using var source = new WarmNpgsqlDataSource(postgres.Cluster.For(proxy.Port), options);
        var watch = Stopwatch.StartNew();
        var use = source.UseAsync();
        Assert.True(SpinWait.SpinUntil(() => proxy.HeldBack > 0, s_farDeadline));
        proxy.SwallowNew = false;

        Assert.True(await use > 0);
        Assert.True(watch.Elapsed < s_atOnce - TimeSpan.FromSeconds(1), $"It took {watch.Elapsed}.");
    }

    [Theory]
    [InlineData("57P01", "terminating connection due to administrator command")]
    [InlineData("57P02", "terminating connection because of crash of another server process")]
    [InlineData("57P03", "the database system is starting up")]
    [InlineData("53300", "sorry, too many clients already")]
    [InlineData("08P01", "no more connections allowed (max_client_conn)")]
    public async Task A_refusal_that_time_mends_is_tried_again(string state, string message)
    {
        await using var server = new RefusingServer(postgres.Cluster.Port, state, message, times: 2);
        await using var source = new WarmNpgsqlDataSource(Db.WithoutTls(postgres.Cluster, server.Port), new WarmNpgsqlOptions { Environment = Db.Environment() });

        Assert.True(await source.UseAsync() > 0);
        Assert.Equal(3, server.Accepted);
    }

    [Theory]
    [InlineData("3D000", "database \"nowhere\" does not exist")]
    [InlineData("42501", "permission denied for database")]
    [InlineData("08P01", "unsupported startup parameter: options")]
    public async Task A_refusal_that_time_does_not_mend_is_not_tried_again(string state, string message)
    {
        await using var server = new RefusingServer(postgres.Cluster.Port, state, message, times: 2);
        await using var source = new WarmNpgsqlDataSource(Db.WithoutTls(postgres.Cluster, server.Port), new WarmNpgsqlOptions { Environment = Db.Environment() });

        var error = await Assert.ThrowsAsync<WarmNpgsqlException>(() => source.UseAsync());
        Assert.Equal(state, error.SqlState);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal(1, server.Accepted);
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
    [InlineData("Host=db;Maximum Pool Size=20000", "Maximum Pool Size=20000")]
    [InlineData("Host=db;Port=none", "can't be read")]
    [InlineData("Host=db;SSL Mode=maybe", "can't be read")]
    [InlineData("nonsense", "can't be read")]
    [InlineData(" ", "empty")]
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
        { "MaxConnections is 10001; it must be between 2 and 10000", static options => options.MaxConnections = 10_001 },
        { "Configure has set Keepalive=30", static options => options.Configure = static builder => builder.ConnectionStringBuilder.KeepAlive = 30 },
        { "Configure has set Multiplexing=True", static options => options.Configure = static builder => builder.ConnectionStringBuilder.Multiplexing = true },
        { "Configure has set Pooling=False", static options => options.Configure = static builder => builder.ConnectionStringBuilder.Pooling = false },
        { "Configure has set Maximum Pool Size=1", static options => options.Configure = static builder => builder.ConnectionStringBuilder.MaxPoolSize = 1 },
        { "Configure has set No Reset On Close=True", static options => options.Configure = static builder => builder.ConnectionStringBuilder.NoResetOnClose = true },
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

    [Theory]
    [InlineData("Host=db;Max Auto Prepare=10", null, "Max Auto Prepare=10")]
    [InlineData("Host=db;Options=-c geqo=off", null, "Options=-c geqo=off")]
    [InlineData("Host=db;No Reset On Close=false", null, "No Reset On Close=False")]
    [InlineData("Host=db;Maximum Pool Size=5", 4, "Maximum Pool Size=5 and WarmNpgsqlOptions.MaxConnections is 4")]
    public void What_contradicts_the_preset_or_another_option_is_refused_at_construction(string connectionString, int? most, string says)
    {
        var options = new WarmNpgsqlOptions { Environment = Db.Environment(), Preset = WarmNpgsqlPreset.Proxy, MaxConnections = most };

        var error = Assert.ThrowsAny<ArgumentException>(() => new WarmNpgsqlDataSource(connectionString, options));

        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.Contains("eave", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_callback_of_Npgsqls_builder_that_throws_is_seen_at_construction()
    {
        var name = Db.NewApplicationName();
        Assert.Throws<InvalidOperationException>(() => new WarmNpgsqlDataSource(
            postgres.Cluster.ConnectionString,
            new WarmNpgsqlOptions { Environment = Db.Environment(), ApplicationName = name, Configure = static _ => throw new InvalidOperationException("no certificate") }));
        Assert.Equal(0, await postgres.ConnectionsAsync(name));
    }

    [Fact]
    public async Task A_password_may_live_for_ever()
    {
        var options = new WarmNpgsqlOptions
        {
            Environment = Db.Environment(),
            PasswordLife = TimeSpan.MaxValue,
            PasswordProvider = (_, _) => new ValueTask<WarmPassword>(postgres.Cluster.AdminPassword),
        };
        await using var source = new WarmNpgsqlDataSource($"{postgres.Cluster.For(postgres.Cluster.Port)};Password=", options);
        Assert.True(await source.UseAsync() > 0);
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
    public async Task In_a_transaction_too_waiting_for_a_lease_ends_when_time_is_up()
    {
        var options = new WarmNpgsqlOptions { Environment = Db.Environment(), LeaseTimeout = TimeSpan.FromSeconds(3) };
        await using var source = new WarmNpgsqlDataSource(postgres.Cluster.ConnectionString, options);
        using var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled);
        await source.UseAsync();
        await using var first = source.CreateConnection();
        await using var second = source.CreateConnection();
        using (new TransactionScope(TransactionScopeOption.Suppress, TransactionScopeAsyncFlowOption.Enabled))
        {
            await first.OpenAsync();
            await second.OpenAsync();
        }

        var error = await Assert.ThrowsAsync<WarmNpgsqlException>(async () => await source.OpenConnectionAsync());
        Assert.Contains("all 2 are leased", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_all_connections_are_leased_the_error_says_so()
    {
        var options = new WarmNpgsqlOptions { Environment = Db.Environment(), LeaseTimeout = TimeSpan.FromSeconds(3) };
        await using var source = new WarmNpgsqlDataSource(postgres.Cluster.ConnectionString, options);
        await using var first = await source.OpenConnectionAsync();
        await using var second = await source.OpenConnectionAsync();

        var error = await Assert.ThrowsAsync<WarmNpgsqlException>(async () => await source.OpenConnectionAsync());
        Assert.Contains("all 2 are leased", error.Message, StringComparison.Ordinal);
    }
}
