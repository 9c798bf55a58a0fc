using Npgsql;
using WarmContext.LocalServices;
using WarmContext.TestSupport;

namespace WarmContext.Npgsql.Tests.Pooling;

/// <summary>
/// A failover as Aurora does it: the writer becomes a reader, and the cluster's name leads to the new writer a little later. Two real
/// servers; a proxy in the name's place.
/// </summary>
[Collection(nameof(PostgresCollection))]
public sealed class FailoverTests(PostgresFixture postgres)
{
    private readonly FreezableTimeProvider _time = new();

    private static async Task<int> WriteAsync(WarmNpgsqlDataSource source)
    {
        await using var connection = await source.OpenConnectionAsync();
        await connection.QueryAsync<long>("SELECT nextval('written')");
        return await connection.QueryAsync<int>("SELECT inet_server_port()");
    }

    [Fact]
    public async Task A_connection_whose_server_became_a_reader_is_replaced_by_one_to_the_writer()
    {
        await using var old = await PrivatePostgres.StartAsync();
        await postgres.AdminAsync<object>("CREATE SEQUENCE IF NOT EXISTS written");
        await AdminAsync(old, "CREATE SEQUENCE written");
        await AdminAsync(old, $"ALTER ROLE admin PASSWORD '{postgres.Cluster.AdminPassword}'");
        await using var proxy = new FaultProxy(old.Port);
        var environment = Db.Environment(_time);
        await using var source = OpenThrough(proxy, old, environment);
        Assert.Equal(old.Port, await WriteAsync(source));

        await old.ConfigureAsync("default_transaction_read_only=on");
        Task<int> invocation;
        do
        {
            // Until the old connection's backend, too, has noticed that it is a reader's.
            _time.Freeze(TimeSpan.FromSeconds(5));
            invocation = Db.InInvocationAsync(environment, TimeSpan.FromSeconds(20), () => WriteAsync(source));

            // The name still leads to the reader: new connections are refused for that reason, and tried again.
            while (proxy.Accepted < 3 && !invocation.IsCompleted)
            {
                await Task.Delay(10);
            }
        }
        while (await WasStillTheWriterAsync(invocation));

        Assert.False(invocation.IsCompleted);
        proxy.Target = postgres.Cluster.Port;
        Assert.Equal(postgres.Cluster.Port, await invocation);
    }

    [Fact]
    public async Task A_server_that_has_told_that_it_became_a_reader_is_left_although_the_connection_was_used_a_moment_ago()
    {
        await using var old = await PrivatePostgres.StartAsync();
        await AdminAsync(old, $"ALTER ROLE admin PASSWORD '{postgres.Cluster.AdminPassword}'");
        await using var proxy = new FaultProxy(old.Port);

        // A clock that stands still, so that every lease is within a second of the last use, and nothing is asked.
        await using var source = OpenThrough(proxy, old, Db.Environment(new ManualTimeProvider()));
        await source.UseAsync();
        await old.ConfigureAsync("default_transaction_read_only=on");
        var servers = new List<int>();
        var known = false;
        while (!known)
        {
            await using var connection = await source.OpenConnectionAsync();
            servers.Add(await connection.QueryAsync<int>("SELECT inet_server_port()"));
            known = connection.PostgresParameters["default_transaction_read_only"] == "on";
            proxy.Target = postgres.Cluster.Port;
        }

        Assert.All(servers, port => Assert.Equal(old.Port, port));
        await using var next = await source.OpenConnectionAsync();
        Assert.Equal(postgres.Cluster.Port, await next.QueryAsync<int>("SELECT inet_server_port()"));
    }

    [Fact]
    public async Task With_no_writer_in_reach_the_error_says_so_within_the_deadline()
    {
        await using var reader = await PrivatePostgres.StartAsync(["default_transaction_read_only=on"]);
        var error = await Db.FailOnceRefusedAsync(reader.ConnectionString, WarmNpgsqlPreset.AuroraFailover);
        Assert.Contains("takes no writes", error.Message, StringComparison.Ordinal);
        Assert.True(error.IsTransient);
    }

    // The two servers have a certificate each, and one password.
    private WarmNpgsqlDataSource OpenThrough(FaultProxy proxy, PrivatePostgres old, ExecutionEnvironment environment) => new(
        new NpgsqlConnectionStringBuilder(old.For(proxy.Port, password: postgres.Cluster.AdminPassword))
            {
                SslMode = SslMode.Require, RootCertificate = null,
            }.ConnectionString,
        new WarmNpgsqlOptions { Environment = environment, Preset = WarmNpgsqlPreset.AuroraFailover });

    /// <summary>
    /// True when the invocation has ended on the old server: it wrote there, or the server became a reader between the probe and the write.
    /// </summary>
    private static async Task<bool> WasStillTheWriterAsync(Task<int> invocation)
    {
        if (!invocation.IsCompleted)
        {
            return false;
        }

        try
        {
            await invocation;
        }
        catch (PostgresException readOnly) when (readOnly.SqlState == PostgresErrorCodes.ReadOnlySqlTransaction)
        {
        }

        return true;
    }

    private static async Task AdminAsync(PrivatePostgres cluster, string sql)
    {
        await using var connection = new NpgsqlConnection(cluster.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
