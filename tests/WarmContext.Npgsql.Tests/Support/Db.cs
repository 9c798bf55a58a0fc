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

    public static Task<T> InInvocationAsync<T>(ExecutionEnvironment environment, TimeSpan deadline, Func<Task<T>> handler) =>
        new InvocationRunner(new InvocationOptions { Environment = environment }).RunAsync(
            new InvocationInfo { RequestId = Guid.NewGuid().ToString(), Deadline = environment.Clock.TimeProvider.GetUtcNow() + deadline }, handler, static (handler, _) => handler());
}
