using System.Diagnostics;
using System.Globalization;
using WarmContext.Files;

namespace WarmContext.FileCacheWorker.Storm;

/// <summary>
/// One process of the storm: its callers get files and check every byte and every age. Ends with 3 at the first broken promise.
/// </summary>
internal static class StormWorker
{
    private const int BrokenPromise = 3;
    private const double MaximumAge = 1;

    private static long s_served;
    private static long s_failed;
    private static long s_straight;

    public static async Task<int> RunAsync(string root, int callers, int seed, bool clockIsWrong)
    {
        var truth = new StormTruth(Path.Combine(root, "truth"));
        var clock = new StormClock();
        var environment = ExecutionEnvironment.Create(new Dictionary<string, string?> { ["TMPDIR"] = root }, clock);
        var cache = new FileCache(new StormSource(truth, new Random(seed)), new FileCacheOptions
        {
            Environment = environment,
            Directory = Path.Combine(root, "disk", "cache"),
            Capacity = 6_000_000,
            FreeSpaceFloor = 0,
            PartSize = 128 * 1024,
            Parallelism = 3,
            IdleTimeout = TimeSpan.FromSeconds(5),
            MaximumAge = TimeSpan.FromSeconds(MaximumAge),
            StaleIfError = TimeSpan.Zero,
            NotFoundAge = TimeSpan.Zero,
        });
        WarmContextDiagnostics.Log = static _ => { };
        for (var caller = 0; caller < callers; caller++)
        {
            var random = new Random(seed + 1 + caller);
            _ = Task.Run(() => CallAsync(cache, truth, random));
        }

        var dice = new Random(~seed);
        while (true)
        {
            await Task.Delay(500);
            if (clockIsWrong && dice.Next(6) == 0)
            {
                clock.Set(TimeSpan.FromSeconds((dice.NextDouble() * 10) - 5));
            }

            var (served, straight) = (Interlocked.Exchange(ref s_served, 0), Interlocked.Exchange(ref s_straight, 0));
            Console.WriteLine(FormattableString.Invariant($"served {served} {straight} {Interlocked.Exchange(ref s_failed, 0)}"));
        }
    }

    private static async Task CallAsync(FileCache cache, StormTruth truth, Random random)
    {
        while (true)
        {
            var number = random.Next(StormTruth.Files);
            var id = new FileId("storm", number.ToString(CultureInfo.InvariantCulture));
            var began = Stopwatch.GetTimestamp();
            try
            {
                if (random.Next(50) == 0)
                {
                    cache.Invalidate(id);
                }

                using var file = await cache.GetAsync(id);
                using var memory = new MemoryStream();
                await using (var stream = file.OpenRead())
                {
                    await stream.CopyToAsync(memory);
                }

                Check(truth, number, file, memory.ToArray(), began);
                Interlocked.Increment(ref s_served);
                Interlocked.Add(ref s_straight, file.IsPassThrough ? 1 : 0);
            }
            catch (FileCacheException exception) when (exception.IsTransient || exception.Error == FileCacheError.Other)
            {
                Interlocked.Increment(ref s_failed);
            }
            catch (FileCacheException exception) when (exception.Error == FileCacheError.Directory)
            {
                // Wiped in the instant of a call to Invalidate.
                Interlocked.Increment(ref s_failed);
            }
            catch (Exception exception)
            {
                Break($"{id}: {exception}");
            }

            await Task.Delay(random.Next(150));
        }
    }

    private static void Check(StormTruth truth, int number, CachedFile file, byte[] bytes, long began)
    {
        var tag = file.EntityTag!;
        if (!int.TryParse(tag.AsSpan(2, Math.Max(0, tag.Length - 5)), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            || !bytes.AsSpan().SequenceEqual(StormTruth.Content(number, version)))
        {
            Break($"WRONG BYTES of {number}: {bytes.Length} bytes as {tag}, {(file.IsPassThrough ? "straight" : file.Path)}");
        }

        if (!truth.WasCurrentSince(number, tag, began - (long)(MaximumAge * Stopwatch.Frequency)))
        {
            Break($"TOO OLD: {number} as {tag}, age {file.Age}, {(file.IsPassThrough ? "straight" : file.Path)}");
        }
    }

    private static void Break(string what)
    {
        Console.WriteLine($"BROKEN {what.ReplaceLineEndings(" | ")}");
        Console.Out.Flush();
        Environment.Exit(BrokenPromise);
    }
}
