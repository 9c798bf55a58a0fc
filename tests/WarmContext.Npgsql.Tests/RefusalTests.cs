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
}
