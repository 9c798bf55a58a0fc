using WarmContext.Benchmarks.Turns;
using WarmContext.Files;

namespace WarmContext.Benchmarks.Files;

/// <summary>How much managed memory does fetching a file take, beside the SDK's own way, and does it grow with the file?</summary>
internal static class MemoryPeak
{
    private const long Mebibyte = 1024 * 1024;

    private static readonly long[] s_lengths = [16 * Mebibyte, 256 * Mebibyte, 1024 * Mebibyte];

    public static async Task RunAsync()
    {
        Console.WriteLine("| Object (MiB) | Way | Peak of the managed heap, garbage included (MiB) | Committed at the end (MiB) |");
        Console.WriteLine("|---:|---|---:|---:|");
        foreach (var length in s_lengths)
        {
            using var bucket = await BenchmarkBucket.CreateAsync(length, multipart: true);
            var ways = new ColdContenders(bucket, bucket.Client);
            foreach (var way in new[] { ways.FileCache, ways.Range() })
            {
                bucket.Clear();
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                var peak = await PeakAsync(way);
                Console.WriteLine(
                    $"| {length / Mebibyte} | {way.Name} | {peak / (double)Mebibyte:0.0} | " +
                    $"{GC.GetGCMemoryInfo().TotalCommittedBytes / (double)Mebibyte:0.0} |");
            }
        }
    }

    /// <summary>Looked at every few milliseconds, by a thread of its own, since the pool's are at work.</summary>
    private static async Task<long> PeakAsync(Contender way)
    {
        long peak = 0;
        using var stop = new ManualResetEventSlim();
        var looking = Task.Factory.StartNew(
            () =>
            {
                do
                {
                    peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: false));
                }
                while (!stop.Wait(3));
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await way.RunAsync();
        stop.Set();
        await looking;
        return peak;
    }
}
