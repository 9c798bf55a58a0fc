using System.Data;
using BenchmarkDotNet.Attributes;
using Npgsql;
using WarmContext.LocalServices;
using WarmContext.Npgsql;

namespace WarmContext.Benchmarks.Connections;

/// <summary>
/// What does each way to a connection cost an invocation, when the connection was used a moment ago? On loopback, without TLS.
/// </summary>
[MemoryDiagnoser]
[RoundTrips]
public class ConnectionWaysBenchmarks
{
    private static NpgsqlConnection? s_connection;

    private string _unpooled = null!;
    private NpgsqlDataSource _default = null!;
    private NpgsqlDataSource _best = null!;
    private WarmNpgsqlDataSource _reset = null!;
    private WarmNpgsqlDataSource _kept = null!;

    [GlobalSetup]
    public void Setup()
    {
        var connectionString = LocalPostgres.GetAsync(CancellationToken.None).GetAwaiter().GetResult().ConnectionString;
        _unpooled = connectionString + ";Pooling=false";
        _default = NpgsqlDataSource.Create(connectionString);
        _best = NpgsqlDataSource.Create(connectionString + ";No Reset On Close=true;Connection Lifetime=300;Maximum Pool Size=2");
        _reset = new WarmNpgsqlDataSource(connectionString);
        _kept = new WarmNpgsqlDataSource(connectionString, new WarmNpgsqlOptions { SessionState = WarmSessionState.Keep });
        s_connection = new NpgsqlConnection(_unpooled);
        s_connection.Open();
    }

    [Benchmark(Baseline = true)]
    public async Task<object?> OpenPerInvocation()
    {
        await using var connection = new NpgsqlConnection(_unpooled);
        await connection.OpenAsync();
        return await QueryAsync(connection);
    }

    [Benchmark]
    public Task<object?> StaticConnection() => QueryAsync(s_connection!);

    [Benchmark]
    public async Task<object?> StaticConnectionStateChecked()
    {
        if (s_connection is not { State: ConnectionState.Open })
        {
            s_connection = new NpgsqlConnection(_unpooled);
            await s_connection.OpenAsync();
        }

        return await QueryAsync(s_connection);
    }

    [Benchmark]
    public async Task<object?> PoolDefault()
    {
        await using var connection = await _default.OpenConnectionAsync();
        return await QueryAsync(connection);
    }

    [Benchmark]
    public async Task<object?> PoolBest()
    {
        await using var connection = await _best.OpenConnectionAsync();
        return await QueryAsync(connection);
    }

    [Benchmark]
    public async Task<object?> WarmReset()
    {
        await using var connection = await _reset.OpenConnectionAsync();
        return await QueryAsync(connection);
    }

    [Benchmark]
    public async Task<object?> WarmKept()
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
