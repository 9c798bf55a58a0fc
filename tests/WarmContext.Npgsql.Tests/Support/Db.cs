using System.Globalization;
using Npgsql;
using WarmContext.LocalServices;
using WarmContext.TestSupport;

namespace WarmContext.Npgsql.Tests;

/// <summary>Short forms of what nearly every test does.</summary>
internal static class Db
{
    public static ExecutionEnvironment Environment(TimeProvider? time = null, int concurrency = 1) => ExecutionEnvironment.Create(
        new Dictionary<string, string?>
        {
            ["AWS_LAMBDA_FUNCTION_NAME"] = "orders",
            ["AWS_LAMBDA_INITIALIZATION_TYPE"] = "on-demand",
            ["AWS_LAMBDA_MAX_CONCURRENCY"] = concurrency.ToString(CultureInfo.InvariantCulture),
        }, time);

    public static string NewApplicationName() => $"t-{Guid.NewGuid():N}";

    public static async Task<T> QueryAsync<T>(this NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>A connection string without TLS, for what looks into the bytes.</summary>
    public static string WithoutTls(PrivatePostgres cluster, int port) =>
        new NpgsqlConnectionStringBuilder(cluster.For(port)) { SslMode = SslMode.Disable, RootCertificate = null }.ConnectionString;

    /// <summary>What a handler does: leases, queries, gives back. Returns the backend's process id.</summary>
    public static async Task<int> UseAsync(this WarmNpgsqlDataSource source, CancellationToken cancellationToken = default)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        return await connection.QueryAsync<int>("SELECT pg_backend_pid()");
    }

    /// <summary>
    /// An invocation whose time is up after an attempt to open was refused: by a clock of its own, however long the attempt took.
    /// </summary>
    public static async Task<WarmNpgsqlException> FailOnceRefusedAsync(
        string connectionString, WarmNpgsqlPreset preset = WarmNpgsqlPreset.Direct)
    {
        var time = new ManualTimeProvider();
        var options = new WarmNpgsqlOptions { Environment = Environment(time), Preset = preset, Name = NewApplicationName() };
        await using var source = new WarmNpgsqlDataSource(connectionString, options);
        using var watch = new RetryWatch(source.Name);
        var invocation = InInvocationAsync(options.Environment, TimeSpan.FromSeconds(3), () => source.UseAsync());
        await watch.Refused;
        time.Advance(TimeSpan.FromSeconds(3));
        return await Assert.ThrowsAsync<WarmNpgsqlException>(() => invocation);
    }

    public static Task<T> InInvocationAsync<T>(ExecutionEnvironment environment, TimeSpan deadline, Func<Task<T>> handler) =>
        new InvocationRunner(new InvocationOptions { Environment = environment }).RunAsync(
            new InvocationInfo { RequestId = Guid.NewGuid().ToString(), Deadline = environment.Clock.TimeProvider.GetUtcNow() + deadline },
            handler, static (handler, _) => handler());
}
