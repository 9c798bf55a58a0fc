using System.Diagnostics;
using System.Globalization;

namespace WarmContext.Npgsql.Benchmarks;

/// <summary>
/// Runs each benchmark and its baseline turn by turn in one process and compares their 10th percentiles and medians, so that other work on the machine
/// weighs on both alike. Coarser than BenchmarkDotNet, steadier where the machine isn't quiet.
/// </summary>
internal static class PairedComparison
{
    public static async Task RunAsync()
    {
        Console.WriteLine("| Question | Baseline p10 / median (µs) | Warm p10 / median (µs) | Ratio p10 | Ratio median |");
        Console.WriteLine("|---|---:|---:|---:|---:|");
        var lease = new HotLeaseBenchmarks();
        lease.Setup();
        await CompareAsync("hot lease alone (batches of 100)", 2_000, Batch(lease.NpgsqlPooledOpen), Batch(lease.WarmLease), null, 100);
        var query = new HotQueryBenchmarks();
        query.Setup();
        await CompareAsync("hot lease, query, return: session reset", 10_000, query.NpgsqlPooled, query.WarmSessionReset, null, 1);
        await CompareAsync("hot lease, query, return: session kept", 10_000, query.NpgsqlPooled, query.WarmSessionKept, null, 1);
        await CompareAsync("the same, against Npgsql that keeps the session", 10_000, query.NpgsqlSessionKept, query.WarmSessionKept, null, 1);
        var idle = new IdleLeaseBenchmarks();
        idle.Setup();
        await CompareAsync("lease after a freeze, against one round trip", 10_000, idle.NpgsqlOneRoundTrip, idle.WarmLeaseAfterFreeze, null, 1);
        var dead = new DeadLeaseBenchmarks();
        dead.Setup();
        await CompareAsync("lease after the backend was killed, against a physical open", 100, dead.NpgsqlPhysicalOpen, dead.WarmLeaseAfterKill, dead, 1);
    }

    private static Func<Task> Batch(Func<Task> once) => async () =>
    {
        for (var i = 0; i < 100; i++)
        {
            await once();
        }
    };

    private static async Task CompareAsync(string question, int rounds, Func<Task> baseline, Func<Task> warm, DeadLeaseBenchmarks? dead, int batch)
    {
        var times = (Baseline: new double[rounds], Warm: new double[rounds]);
        for (var round = -rounds / 5; round < rounds; round++)
        {
            dead?.ClearPool();
            var first = await TimeAsync(baseline);
            dead?.GiveBack();
            dead?.Kill();
            var second = await TimeAsync(warm);
            dead?.GiveBack();
            if (round >= 0)
            {
                times.Baseline[round] = first / batch;
                times.Warm[round] = second / batch;
            }
        }

        Array.Sort(times.Baseline);
        Array.Sort(times.Warm);
        var (b10, b50, w10, w50) = (times.Baseline[rounds / 10], times.Baseline[rounds / 2], times.Warm[rounds / 10], times.Warm[rounds / 2]);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"| {question} | {b10:0.00} / {b50:0.00} | {w10:0.00} / {w50:0.00} | {w10 / b10:0.00} | {w50 / b50:0.00} |"));
    }

    private static async Task<double> TimeAsync(Func<Task> run)
    {
        var start = Stopwatch.GetTimestamp();
        await run();
        return Stopwatch.GetElapsedTime(start).TotalMicroseconds;
    }
}
