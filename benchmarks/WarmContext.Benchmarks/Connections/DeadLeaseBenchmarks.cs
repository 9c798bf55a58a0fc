using BenchmarkDotNet.Attributes;
using Npgsql;
using WarmContext.LocalServices;
using WarmContext.Npgsql;

namespace WarmContext.Benchmarks.Connections;

/// <summary>
/// What does the first lease after a freeze cost, when the server closed the connection meanwhile?
/// The baseline is a physical open by Npgsql alone.
/// </summary>
[IterationCount(60)]
[WarmupCount(10)]
[InvocationCount(1)]
public class DeadLeaseBenchmarks
{
    private const string ApplicationName = "dead-lease-benchmark";

    private readonly BenchmarkTime _time = new();
    private NpgsqlDataSource _admin = null!;
    private NpgsqlDataSource _npgsql = null!;
    private WarmNpgsqlDataSource _warm = null!;
    private NpgsqlConnection? _leased;

    [GlobalSetup]
    public void Setup()
    {
        var connectionString = LocalPostgres.GetAsync(CancellationToken.None).GetAwaiter().GetResult().ConnectionString;
        _admin = NpgsqlDataSource.Create(connectionString);
        _npgsql = NpgsqlDataSource.Create(connectionString);
        _warm = new WarmNpgsqlDataSource(
            connectionString, new WarmNpgsqlOptions { Environment = _time.Environment(), ApplicationName = ApplicationName });
    }

    [IterationSetup(Target = nameof(NpgsqlPhysicalOpen))]
    public void ClearPool() => _npgsql.Clear();

    [IterationSetup(Target = nameof(WarmLeaseAfterKill))]
    public void Kill()
    {
        _warm.OpenConnection().Dispose();

        // Left to wait for it, the server would look every 100 ms only.
        Count("pg_terminate_backend(pid)");
        while (Count("*") > 0)
        {
        }

        _time.Skip(TimeSpan.FromSeconds(10));
    }

    [IterationCleanup]
    public void GiveBack() => _leased?.Dispose();

    [GlobalCleanup]
    public void Cleanup()
    {
        _admin.Dispose();
        _npgsql.Dispose();
        _warm.Dispose();
    }

    [Benchmark(Baseline = true)]
    public async Task NpgsqlPhysicalOpen() => _leased = await _npgsql.OpenConnectionAsync();

    [Benchmark]
    public async Task WarmLeaseAfterKill() => _leased = await _warm.OpenConnectionAsync();

    private long Count(string what)
    {
        using var command = _admin.CreateCommand(
            $"SELECT count({what}) FROM pg_stat_activity WHERE application_name = '{ApplicationName}'");
        return (long)command.ExecuteScalar()!;
    }
}
