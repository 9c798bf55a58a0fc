using BenchmarkDotNet.Attributes;
using Npgsql;
using WarmContext.LocalServices;
using WarmContext.Npgsql;

namespace WarmContext.Benchmarks.Connections;

/// <summary>What does a lease cost over Npgsql's pooled open, when the connection was used a moment ago? Neither does any I/O.</summary>
[MemoryDiagnoser]
[RoundTrips]
public class HotLeaseBenchmarks
{
    private NpgsqlDataSource _npgsql = null!;
    private WarmNpgsqlDataSource _warm = null!;

    [GlobalSetup]
    public void Setup()
    {
        var connectionString = LocalPostgres.GetAsync(CancellationToken.None).GetAwaiter().GetResult().ConnectionString;
        _npgsql = NpgsqlDataSource.Create(connectionString);
        _warm = new WarmNpgsqlDataSource(connectionString);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _npgsql.Dispose();
        _warm.Dispose();
    }

    [Benchmark(Baseline = true)]
    public async Task NpgsqlPooledOpen()
    {
        await using var connection = await _npgsql.OpenConnectionAsync();
    }

    [Benchmark]
    public async Task WarmLease()
    {
        await using var connection = await _warm.OpenConnectionAsync();
    }
}
