using BenchmarkDotNet.Attributes;
using Npgsql;
using WarmContext.LocalServices;
using WarmContext.Npgsql;

namespace WarmContext.Benchmarks.Connections;

/// <summary>
/// What does an invocation pay to lease, query and give back, when the connection was used a moment ago?
/// On loopback: a network adds its round trip to each of them alike.
/// </summary>
[MemoryDiagnoser]
[RoundTrips]
public class HotQueryBenchmarks
{
    private NpgsqlDataSource _npgsql = null!;
    private NpgsqlDataSource _npgsqlKept = null!;
    private WarmNpgsqlDataSource _reset = null!;
    private WarmNpgsqlDataSource _kept = null!;

    [GlobalSetup]
    public void Setup()
    {
        var connectionString = LocalPostgres.GetAsync(CancellationToken.None).GetAwaiter().GetResult().ConnectionString;
        _npgsql = NpgsqlDataSource.Create(connectionString);
        _npgsqlKept = NpgsqlDataSource.Create(connectionString + ";No Reset On Close=true");
        _reset = new WarmNpgsqlDataSource(connectionString);
        _kept = new WarmNpgsqlDataSource(connectionString, new WarmNpgsqlOptions { SessionState = WarmSessionState.Keep });
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _npgsql.Dispose();
        _npgsqlKept.Dispose();
        _reset.Dispose();
        _kept.Dispose();
    }

    [Benchmark(Baseline = true)]
    public async Task<object?> NpgsqlPooled()
    {
        await using var connection = await _npgsql.OpenConnectionAsync();
        return await QueryAsync(connection);
    }

    [Benchmark]
    public async Task<object?> NpgsqlSessionKept()
    {
        await using var connection = await _npgsqlKept.OpenConnectionAsync();
        return await QueryAsync(connection);
    }

    [Benchmark]
    public async Task<object?> WarmSessionReset()
    {
        await using var connection = await _reset.OpenConnectionAsync();
        return await QueryAsync(connection);
    }

    [Benchmark]
    public async Task<object?> WarmSessionKept()
    {
        await using var connection = await _kept.OpenConnectionAsync();
        return await QueryAsync(connection);
    }

    private static async Task<object?> QueryAsync(NpgsqlConnection connection)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT 1";
        return await command.ExecuteScalarAsync();
    }
}
