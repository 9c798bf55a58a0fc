using System.Diagnostics;
using System.Globalization;

namespace WarmContext.Benchmarks.Files;

/// <summary>
/// The questions of <see cref="HitBenchmarks"/> and <see cref="RevalidationBenchmarks"/> answered turn by turn in one process, with the
/// bytes that each operation allocates: coarser than BenchmarkDotNet, steadier where the machine does other work too.
/// </summary>
internal static class HitComparison
{
    public static async Task RunAsync(int rounds)
    {
        var hits = new HitBenchmarks();
        hits.Setup();
        var revalidations = new RevalidationBenchmarks();
        revalidations.Setup();
        Console.WriteLine("| Operation | Median (ns) | Quartiles (ns) | Allocated (B) |");
        Console.WriteLine("|---|---:|---:|---:|");
        (string Name, int Batch, Func<int, Task> RunAsync)[] operations =
        [
            ("`File.OpenHandle` and close", 2_000, batch => Repeat(batch, hits.OpenAndCloseFile)),
            ("`GetAsync`, a hit", 2_000, async batch =>
            {
                for (var i = 0; i < batch; i++)
                {
                    await hits.LeaseHit();
                }
            }),
            ("`GetOrLoadAsync`, a hit", 50_000, async batch =>
            {
                for (var i = 0; i < batch; i++)
                {
                    await hits.ParsedHit();
                }
            }),
            ("`GetObjectAsync` every time", 50, batch => RepeatAsync(batch, hits.GetObjectEveryTime)),
            ("`GetObjectAsync` with `If-None-Match`, 304", 50, batch => RepeatAsync(batch, revalidations.SdkConditionalGet)),
            ("`GetObjectMetadataAsync`, its entity tag compared", 50, batch => RepeatAsync(batch, revalidations.SdkHead)),
            ("`GetAsync` that revalidates", 50, batch => RepeatAsync(batch, revalidations.CacheRevalidation)),
        ];
        var times = operations.Select(_ => new List<double>()).ToArray();
        var bytes = operations.Select(_ => new List<double>()).ToArray();
        for (var round = -rounds; round < rounds * 4; round++)
        {
            for (var i = 0; i < operations.Length; i++)
            {
                var (_, batch, run) = operations[i];
                var before = GC.GetTotalAllocatedBytes(precise: true);
                var start = Stopwatch.GetTimestamp();
                await run(batch);
                var elapsed = Stopwatch.GetElapsedTime(start).TotalNanoseconds;
                if (round >= 0)
                {
                    times[i].Add(elapsed / batch);
                    bytes[i].Add((GC.GetTotalAllocatedBytes(precise: true) - before) / (double)batch);
                }
            }
        }

        for (var i = 0; i < operations.Length; i++)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {operations[i].Name} | {Quantile(times[i], 0.5):0} | {Quantile(times[i], 0.25):0}–{Quantile(times[i], 0.75):0} | " +
                    $"{Quantile(bytes[i], 0.5):0} |"));
        }

        hits.Cleanup();
        revalidations.Cleanup();
    }

    private static Task Repeat(int times, Action run)
    {
        for (var i = 0; i < times; i++)
        {
            run();
        }

        return Task.CompletedTask;
    }

    private static async Task RepeatAsync(int times, Func<Task> run)
    {
        for (var i = 0; i < times; i++)
        {
            await run();
        }
    }

    private static double Quantile(List<double> values, double quantile) =>
        values.Order().ElementAt((int)Math.Round(quantile * (values.Count - 1)));
}
