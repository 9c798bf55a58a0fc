using System.Diagnostics;
using Amazon.Runtime;
using Amazon.S3;
using WarmContext.S3;

namespace WarmContext.FileCacheWorker;

/// <summary>Gets objects until it is told to stop or killed, and checks every byte it is served. Ends with 3 when one was wrong.</summary>
internal static class Worker
{
    private const int WrongBytes = 3;

    public static async Task<int> RunAsync(WorkerSettings settings)
    {
        using var client = new AmazonS3Client(new BasicAWSCredentials(settings.AccessKey, settings.SecretKey), new AmazonS3Config
        {
            ServiceURL = settings.Endpoint.ToString(),
            ForcePathStyle = true,
        });
        var cache = new S3FileCache(client, new S3FileCacheOptions
        {
            Directory = settings.Directory,
            Capacity = settings.Capacity,
            FreeSpaceFloor = 0,
            PartSize = settings.Mode == "memory" ? null : 128 * 1024,
            Parallelism = settings.Mode == "memory" ? null : 3,

            // Shorter than the freeze where one is tested; elsewhere a busy gateway must not pass for a stalled one.
            IdleTimeout = TimeSpan.FromSeconds(settings.Mode == "large" ? 1 : 30),
            MaximumAge = settings.Mode is "churn" or "churn-without-locks" ? TimeSpan.FromMilliseconds(300) : TimeSpan.FromMinutes(1),
        });
        Console.WriteLine("ready");
        switch (settings.Mode)
        {
            case "large":
                return await GetLargeAsync(cache, settings.Bucket);
            case "full-disk":
                return await FullDisk.RunAsync(cache, settings.Bucket);
            case "leases":
                return await HoldLeaseAsync(cache, settings.Bucket);
            case "memory":
                return await GetHugeAsync(cache, settings.Bucket);
        }

        var contents = Enumerable.Range(0, TestObjects.Count).Select(TestObjects.Content).ToArray();
        var watch = Stopwatch.StartNew();
        var served = 0;
        var callers = Enumerable.Range(0, settings.Callers).Select(caller => Task.Run(async () =>
        {
            var random = new Random(settings.Seed + caller);

            // However busy the machine is, something must have been served to say that nothing was wrong.
            while (watch.Elapsed.TotalSeconds < settings.Seconds || Volatile.Read(ref served) < settings.Callers)
            {
                var number = random.Next(TestObjects.Count);
                if (random.Next(3) == 0)
                {
                    cache.Invalidate(settings.Bucket, TestObjects.Key(number));
                }

                using var file = await cache.GetAsync(settings.Bucket, TestObjects.Key(number));
                Stream opened;
                try
                {
                    opened = file.OpenRead();
                }
                catch (FileNotFoundException) when (settings.Mode == "churn-without-locks")
                {
                    // Without locks nobody sees another process's leases; a path that is gone is no wrong byte.
                    continue;
                }

                await using var stream = opened;
                using var memory = new MemoryStream();
                await stream.CopyToAsync(memory);
                if (!memory.ToArray().AsSpan().SequenceEqual(contents[number]))
                {
                    Console.WriteLine($"WRONG {number}: {memory.Length} bytes, path {(file.IsPassThrough ? "none" : file.Path)}");
                    Environment.Exit(WrongBytes);
                }

                Interlocked.Increment(ref served);
            }
        })).ToArray();
        await Task.WhenAll(callers);
        Console.WriteLine($"served {served}");
        return 0;
    }

    private static async Task<int> GetLargeAsync(S3FileCache cache, string bucket)
    {
        using var file = await cache.GetAsync(bucket, TestObjects.LargeKey);
        var right = (await File.ReadAllBytesAsync(file.Path)).AsSpan().SequenceEqual(TestObjects.LargeContent());
        Console.WriteLine(right ? "served 1" : "WRONG");
        return right ? 0 : WrongBytes;
    }

    /// <summary>Leases one object while it gets the others, for which the cache has too little room.</summary>
    private static async Task<int> HoldLeaseAsync(S3FileCache cache, string bucket)
    {
        const int Leased = 4;
        using var leased = await cache.GetAsync(bucket, TestObjects.Key(Leased));
        for (var number = 0; number < TestObjects.Count; number++)
        {
            (await cache.GetAsync(bucket, TestObjects.Key(number))).Dispose();
        }

        var right = File.Exists(leased.Path)
            && (await File.ReadAllBytesAsync(leased.Path)).AsSpan().SequenceEqual(TestObjects.Content(Leased));
        Console.WriteLine(right ? "served 1" : "WRONG: the leased file is gone");
        return right ? 0 : WrongBytes;
    }

    /// <summary>Fetches an object of any size, and tells its length: whoever started this has limited the memory.</summary>
    private static async Task<int> GetHugeAsync(S3FileCache cache, string bucket)
    {
        using var file = await cache.GetAsync(bucket, TestObjects.HugeKey);
        Console.WriteLine($"served {new FileInfo(file.Path).Length}");
        return 0;
    }
}
