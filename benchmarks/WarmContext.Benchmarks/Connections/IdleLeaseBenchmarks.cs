using BenchmarkDotNet.Attributes;
using Npgsql;
using WarmContext.LocalServices;
using WarmContext.Npgsql;

namespace WarmContext.Benchmarks.Connections;

/// <summary>
/// What does the first lease after a freeze cost, when the connection survived it?
/// The baseline is the cheapest round trip there is, by Npgsql alone.
/// </summary>
[MemoryDiagnoser]
[RoundTrips]
public class IdleLeaseBenchmarks
{
    private readonly BenchmarkTime _time = new();
    private NpgsqlDataSource _npgsql = null!;
    private WarmNpgsqlDataSource _warm = null!;

    [GlobalSetup]
    public void Setup()
    {
        var connectionString = LocalPostgres.GetAsync(CancellationToken.None).GetAwaiter().GetResult().ConnectionString;
        _npgsql = NpgsqlDataSource.Create(connectionString);
        _warm = new WarmNpgsqlDataSource(connectionString, new WarmNpgsqlOptions { Environment = _time.Environment() });
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _npgsql.Dispose();
        _warm.Dispose();
    }

    [Benchmark(Baseline = true)]
    public async Task NpgsqlOneRoundTrip()
    {
        await using var connection = await _npgsql.OpenConnectionAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "-- ping";
        await command.ExecuteNonQueryAsync();
    }

    [Benchmark]
    public async Task WarmLeaseAfterFreeze()
    {
        _time.Skip(TimeSpan.FromSeconds(10));
        await using var connection = await _warm.OpenConnectionAsync();
    }
}
