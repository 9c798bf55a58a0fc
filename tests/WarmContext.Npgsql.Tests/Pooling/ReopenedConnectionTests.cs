using WarmContext.TestSupport;

namespace WarmContext.Npgsql.Tests.Pooling;

/// <summary>Connection objects that their owner opens and closes.</summary>
[Collection(nameof(PostgresCollection))]
public sealed class ReopenedConnectionTests(PostgresFixture postgres)
{
    private readonly ManualTimeProvider _time = new();
    private readonly string _name = Db.NewApplicationName();

    private WarmNpgsqlDataSource Open(Action<WarmNpgsqlOptions>? configure = null, int? port = null, TimeProvider? time = null)
    {
        var options = new WarmNpgsqlOptions { Environment = Db.Environment(time ?? _time), ApplicationName = _name };
        configure?.Invoke(options);
        return new WarmNpgsqlDataSource(postgres.Cluster.For(port ?? postgres.Cluster.Port), options);
    }

    [Fact]
    public async Task A_connection_object_that_its_owner_opens_again_and_again_is_probed_each_time()
    {
        await using var source = Open();
        await using var connection = source.CreateConnection();
        var seen = new List<int>();
        for (var round = 0; round < 5; round++)
        {
            await connection.OpenAsync();
            seen.Add(await connection.QueryAsync<int>("SELECT pg_backend_pid()"));
            await connection.CloseAsync();
            await postgres.TerminateAsync(_name);
            _time.Advance(TimeSpan.FromSeconds(2));
        }

        Assert.Equal(5, seen.Distinct().Count());
    }

    [Fact]
    public async Task A_connection_object_opened_over_a_half_open_connection_gets_another()
    {
        await using var proxy = new FaultProxy(postgres.Cluster.Port);
        await using var source = Open(options => options.FreshFor = TimeSpan.Zero, proxy.Port, TimeProvider.System);
        await using var connection = source.CreateConnection();
        for (var round = 0; round < 3; round++)
        {
            await connection.OpenAsync();
            Assert.Equal(1, await connection.QueryAsync<int>("SELECT 1"));
            await connection.CloseAsync();
            proxy.Blackhole();
        }
    }
}
