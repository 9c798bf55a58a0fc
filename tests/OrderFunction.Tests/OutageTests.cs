using Npgsql;
using OrderDemo;
using WarmContext.LocalServices;
using WarmContext.Testing;

namespace OrderFunction.Tests;

/// <summary>
/// Servers that are down, silent or blocked: one clear error before the deadline, and the next invocation works once they are back.
/// </summary>
public sealed class OutageTests(OrderLab lab) : IClassFixture<OrderLab>
{
    [Fact]
    public async Task A_database_server_that_is_down_is_named_and_used_once_it_is_up()
    {
        await using PrivatePostgres server = await PrivatePostgres.StartAsync();
        await using OrderDatabase database = await OrderDatabase.CreateAsync(server, "orders", CancellationToken.None);
        await using OrderBucket bucket = await OrderLab.BucketAsync();
        await using LocalExecutionEnvironment environment = await OrderLab.StartAsync(database, bucket);
        await OrderLab.AssertWorksAsync(environment);

        await server.DownAsync();
        await OrderLab.WaitUntilStaleAsync();
        var address = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        await OrderLab.AssertFailsAsync(environment, $"{address.Host}:{address.Port}");
        await server.UpAsync();
        await OrderLab.AssertWorksAsync(environment);
    }

    [Fact]
    public async Task A_database_server_that_never_answers_is_named_before_the_deadline()
    {
        await using OrderDatabase database = await lab.DatabaseAsync();
        await using OrderBucket bucket = await OrderLab.BucketAsync();
        using var silent = new SilentServer();
        string connection = new NpgsqlConnectionStringBuilder(database.ConnectionString)
        {
            Host = "127.0.0.1",
            Port = silent.Port,
        }.ConnectionString;
        await using LocalExecutionEnvironment environment = await OrderLab.StartAsync(database, bucket, ("ORDERS_DATABASE", connection));

        await OrderLab.AssertFailsAsync(environment, $"127.0.0.1:{silent.Port}");
    }

    [Fact]
    public async Task A_locked_table_is_an_error_before_the_deadline_and_works_once_unlocked()
    {
        await using OrderDatabase database = await lab.DatabaseAsync();
        await using OrderBucket bucket = await OrderLab.BucketAsync();
        await using LocalExecutionEnvironment environment = await OrderLab.StartAsync(database, bucket);
        await using (var locking = new NpgsqlConnection(database.ConnectionString))
        {
            await locking.OpenAsync();
            await using NpgsqlTransaction transaction = await locking.BeginTransactionAsync();
            await using var command = new NpgsqlCommand("lock table orders in access exclusive mode", locking);
            await command.ExecuteNonQueryAsync();
            await OrderLab.AssertFailsAsync(environment, "was not written", database.Name);
        }

        await OrderLab.AssertWorksAsync(environment);
    }

    [Fact]
    public async Task An_S3_server_that_is_down_is_named_and_used_once_it_is_up()
    {
        await using OrderDatabase database = await lab.DatabaseAsync();
        await using OrderBucket bucket = await OrderLab.BucketAsync();
        var first = new CountingRelay(bucket.Server.Endpoint, TimeSpan.Zero);
        Uri endpoint = first.Endpoint;
        await first.DisposeAsync();
        await using LocalExecutionEnvironment environment = await OrderLab.StartAsync(
            database, bucket, ("AWS_ENDPOINT_URL_S3", endpoint.ToString()));

        await OrderLab.AssertFailsAsync(environment, bucket.Name, OrderBucket.ModelKey, $"{endpoint.Host}:{endpoint.Port}");
        await using var second = new CountingRelay(bucket.Server.Endpoint, TimeSpan.Zero, endpoint.Port);
        await OrderLab.AssertWorksAsync(environment);
    }
}
