using System.Diagnostics;

namespace WarmContext.Npgsql.Tests.Opening;

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
        var options = new WarmNpgsqlOptions { Environment = Db.Environment(), DeadlineMargin = deadline == s_deadline
            ? s_deadline - s_budget : TimeSpan.FromSeconds(1), LeaseTimeout = deadline };
        await using var source = new WarmNpgsqlDataSource(connectionString, options);
        var watch = Stopwatch.StartNew();
        var error = await Assert.ThrowsAsync<WarmNpgsqlException>(
            () => Db.InInvocationAsync(options.Environment, deadline, () => source.UseAsync()));
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
        var (error, took) = await FailAsync(
            postgres.Cluster.ConnectionString.Replace(postgres.Cluster.CertificateFile, missing, StringComparison.Ordinal), s_farDeadline);

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
            var error = await Assert.ThrowsAsync<WarmNpgsqlException>(
                () => Db.InInvocationAsync(options.Environment, s_farDeadline, () => source.UseAsync()));
            Assert.Equal("28P01", error.SqlState);
            Assert.Equal(i, asked);
        }
    }

    [Fact]
    public async Task A_host_name_that_no_resolver_takes_fails_at_once()
    {
        var (error, took) = await FailAsync(
            postgres.Cluster.ConnectionString.Replace("Host=127.0.0.1", "Host=no host has blanks", StringComparison.Ordinal),
            s_farDeadline);

        Assert.Contains("Check Host and Port", error.Message, StringComparison.Ordinal);
        Assert.False(error.IsTransient);
        Assert.True(took < s_atOnce, $"It took {took}.");
    }

    // Whether a resolver says "no such name" (which fails at once) or nothing (which may pass) depends on the machine's network.
    [Fact]
    public async Task A_host_that_nobody_knows_is_named_within_the_deadline()
    {
        var (error, took) = await FailAsync(
            postgres.Cluster.ConnectionString.Replace("Host=127.0.0.1", "Host=db.nowhere.invalid", StringComparison.Ordinal), s_deadline);

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
        Assert.Contains(
            "answers too slowly, or not at all. Check Host and Port, the security group", error.Message, StringComparison.Ordinal);
        Assert.True(took < s_deadline, $"It took {took}.");
    }

    [Fact]
    public async Task An_attempt_that_gets_no_answer_is_given_up_on_for_another_one()
    {
        await using var proxy = new FaultProxy(postgres.Cluster.Port) { SwallowNew = true };
        var options = new WarmNpgsqlOptions
        {
            Environment = Db.Environment(), OpenAttemptTimeout = TimeSpan.FromSeconds(2), LeaseTimeout = s_farDeadline,
        };
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
    public async Task A_transient_refusal_is_tried_again(string state, string message)
    {
        await using var server = new RefusingServer(postgres.Cluster.Port, state, message, times: 2);
        await using var source = new WarmNpgsqlDataSource(
            Db.WithoutTls(postgres.Cluster, server.Port), new WarmNpgsqlOptions { Environment = Db.Environment() });

        Assert.True(await source.UseAsync() > 0);
        Assert.Equal(3, server.Accepted);
    }

    [Theory]
    [InlineData("3D000", "database \"nowhere\" does not exist")]
    [InlineData("42501", "permission denied for database")]
    [InlineData("08P01", "unsupported startup parameter: options")]
    public async Task A_permanent_refusal_is_not_tried_again(string state, string message)
    {
        await using var server = new RefusingServer(postgres.Cluster.Port, state, message, times: 2);
        await using var source = new WarmNpgsqlDataSource(
            Db.WithoutTls(postgres.Cluster, server.Port), new WarmNpgsqlOptions { Environment = Db.Environment() });

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
        await using var source = new WarmNpgsqlDataSource(
            postgres.Cluster.For(proxy.Port), new WarmNpgsqlOptions { Environment = environment });
        for (var i = 0; i < 4; i++)
        {
            await Assert.ThrowsAsync<WarmNpgsqlException>(
                () => Db.InInvocationAsync(environment, TimeSpan.FromSeconds(0.7), () => source.UseAsync()));
        }

        proxy.RefuseNew = false;
        Assert.True(await Db.InInvocationAsync(environment, s_deadline, () => source.UseAsync()) > 0);
    }
}
