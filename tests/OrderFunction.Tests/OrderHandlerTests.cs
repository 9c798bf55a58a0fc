using Npgsql;
using OrderDemo;
using WarmContext.LocalServices;
using WarmContext.Testing;

namespace OrderFunction.Tests;

/// <summary>What can be missing or wrong around the function: one clear error, and the next invocation works once it is mended.</summary>
public sealed class OrderHandlerTests(OrderLab lab) : IClassFixture<OrderLab>
{
    [Fact]
    public async Task An_order_that_comes_twice_is_written_once()
    {
        await using OrderDatabase database = await lab.DatabaseAsync();
        await using OrderBucket bucket = await OrderLab.BucketAsync();
        await using LocalExecutionEnvironment environment = await OrderLab.StartAsync(database, bucket);

        Assert.Null(OrderEvents.Refusal(await environment.InvokeAsync(OrderEvents.Order("order-1", 1))));
        Assert.Null(OrderEvents.Refusal(await environment.InvokeAsync(OrderEvents.Order("order-1", 1))));

        Assert.Equal(1, await database.OrdersAsync(CancellationToken.None));
        Assert.Equal(1, await bucket.AuditRecordsAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_missing_model_is_named_and_used_once_it_is_there()
    {
        await using OrderDatabase database = await lab.DatabaseAsync();
        await using OrderBucket bucket = await OrderLab.BucketAsync();
        await bucket.DeleteAsync(OrderBucket.ModelKey, CancellationToken.None);
        await using LocalExecutionEnvironment environment = await OrderLab.StartAsync(database, bucket);

        await OrderLab.AssertFailsAsync(environment, bucket.Name, OrderBucket.ModelKey);
        await bucket.PutModelAsync(1, CancellationToken.None);
        await OrderLab.AssertWorksAsync(environment);
    }

    [Fact]
    public async Task A_model_that_is_no_model_is_named_and_replaced_once_it_is_mended()
    {
        await using OrderDatabase database = await lab.DatabaseAsync();
        await using OrderBucket bucket = await OrderLab.BucketAsync();
        await bucket.PutAsync(OrderBucket.ModelKey, "{ not a model", CancellationToken.None);
        await using LocalExecutionEnvironment environment = await OrderLab.StartAsync(database, bucket, ("MODEL_MAXIMUM_AGE_SECONDS", "0"));

        await OrderLab.AssertFailsAsync(environment, "price model");
        await bucket.PutModelAsync(1, CancellationToken.None);
        await OrderLab.AssertWorksAsync(environment);
    }

    [Fact]
    public async Task A_missing_model_bucket_is_named_and_used_once_it_is_there()
    {
        await using OrderDatabase database = await lab.DatabaseAsync();
        await using OrderBucket bucket = await OrderLab.BucketAsync();
        string missing = "missing-" + OrderLab.NewId();
        await using LocalExecutionEnvironment environment = await OrderLab.StartAsync(database, bucket, ("MODEL_BUCKET", missing));

        await OrderLab.AssertFailsAsync(environment, missing, "no bucket");
        await using OrderBucket created = await OrderBucket.CreateAsync(missing, TimeSpan.Zero, CancellationToken.None);
        await OrderLab.AssertWorksAsync(environment);
    }

    [Fact]
    public async Task A_missing_audit_bucket_is_named_and_used_once_it_is_there()
    {
        await using OrderDatabase database = await lab.DatabaseAsync();
        await using OrderBucket bucket = await OrderLab.BucketAsync();
        string missing = "missing-" + OrderLab.NewId();
        await using LocalExecutionEnvironment environment = await OrderLab.StartAsync(database, bucket, ("AUDIT_BUCKET", missing));

        await OrderLab.AssertFailsAsync(environment, missing, "audit", "NoSuchBucket");
        await using OrderBucket created = await OrderBucket.CreateAsync(missing, TimeSpan.Zero, CancellationToken.None);
        await OrderLab.AssertWorksAsync(environment);
        Assert.Equal(1, await created.AuditRecordsAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_missing_table_is_named_and_used_once_it_is_there()
    {
        await using OrderDatabase database = await lab.DatabaseAsync();
        await using OrderBucket bucket = await OrderLab.BucketAsync();
        await using LocalExecutionEnvironment environment = await OrderLab.StartAsync(database, bucket);

        await InDatabaseAsync(database, "alter table orders rename to elsewhere");
        await OrderLab.AssertFailsAsync(environment, "\"orders\" does not exist");
        await InDatabaseAsync(database, "alter table elsewhere rename to orders");
        await OrderLab.AssertWorksAsync(environment);
    }

    [Fact]
    public async Task A_refused_password_is_named_and_accepted_once_it_is_mended()
    {
        await using OrderDatabase database = await lab.DatabaseAsync();
        await using OrderBucket bucket = await OrderLab.BucketAsync();
        string user = "clerk_" + OrderLab.NewId();
        await database.ExecuteAsync($"create role {user} superuser login password 'another'", CancellationToken.None);
        string connection = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = user, Password = "mended" }.ConnectionString;
        await using LocalExecutionEnvironment environment = await OrderLab.StartAsync(database, bucket, ("ORDERS_DATABASE", connection));

        await OrderLab.AssertFailsAsync(environment, user, database.Name, "password");
        await database.ExecuteAsync($"alter role {user} password 'mended'", CancellationToken.None);
        await OrderLab.AssertWorksAsync(environment);
    }

    [Fact]
    public async Task Refused_S3_credentials_are_named()
    {
        await using OrderDatabase database = await lab.DatabaseAsync();
        await using OrderBucket bucket = await OrderLab.BucketAsync();
        await using LocalExecutionEnvironment environment = await OrderLab.StartAsync(database, bucket, ("AWS_ACCESS_KEY_ID", "nobody"));

        await OrderLab.AssertFailsAsync(environment, bucket.Name, "credentials", "InvalidAccessKeyId");
    }

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
        string connection = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Host = "127.0.0.1", Port = silent.Port }.ConnectionString;
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
        await using LocalExecutionEnvironment environment = await OrderLab.StartAsync(database, bucket, ("AWS_ENDPOINT_URL_S3", endpoint.ToString()));

        await OrderLab.AssertFailsAsync(environment, bucket.Name, OrderBucket.ModelKey, $"{endpoint.Host}:{endpoint.Port}");
        await using var second = new CountingRelay(bucket.Server.Endpoint, TimeSpan.Zero, endpoint.Port);
        await OrderLab.AssertWorksAsync(environment);
    }

    private static async Task InDatabaseAsync(OrderDatabase database, string sql)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
