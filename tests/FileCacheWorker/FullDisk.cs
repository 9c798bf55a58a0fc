using WarmContext.S3;

namespace WarmContext.FileCacheWorker;

/// <summary>
/// Uses a cache on a small file system of its own until that is full: first by itself, then because somebody else takes all of it. Whoever
/// starts it mounts one of <see cref="Bytes"/> and puts the cache directory there.
/// </summary>
public static class FullDisk
{
    public const int Bytes = 4 * Mebibyte;
    public const int ObjectCount = 16;
    public const int ObjectLength = Mebibyte - 5000;

    private const int Mebibyte = 1024 * 1024;
    private const int ObjectsBeforeFull = 12;
    private const int Failure = 4;

    public static string Key(int number) => $"full/{number}";

    public static byte[] Content(int number) => TestObjects.Bytes(ObjectLength, 500 + number);

    /// <summary>
    /// Gets every object and compares its bytes, and tells how many were cached before the disk was taken, and served straight from S3
    /// after.
    /// </summary>
    public static async Task<int> RunAsync(S3FileCache cache, string bucket)
    {
        var cached = 0;
        var straight = 0;
        for (var i = 0; i < ObjectCount; i++)
        {
            if (i == ObjectsBeforeFull)
            {
                Fill(Path.Combine(cache.Directory, "..", "foreign"));
            }

            using var file = await cache.GetAsync(bucket, Key(i));
            await using var stream = file.OpenRead();
            using var memory = new MemoryStream();
            await stream.CopyToAsync(memory);
            if (!memory.ToArray().AsSpan().SequenceEqual(Content(i)))
            {
                Console.WriteLine($"WRONG {i}");
                return Failure;
            }

            cached += i < ObjectsBeforeFull && !file.IsPassThrough ? 1 : 0;
            straight += i >= ObjectsBeforeFull && file.IsPassThrough ? 1 : 0;
            if (i == ObjectsBeforeFull)
            {
                // What the cache gave up has gone to the other at once.
                Fill(Path.Combine(cache.Directory, "..", "foreign-too"));
                cache.Clear();
                Fill(Path.Combine(cache.Directory, "..", "foreign-at-last"));
            }
        }

        Console.WriteLine($"cached {cached} straight {straight} served {ObjectCount}");
        return 0;
    }

    private static void Fill(string path)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true)
            {
                file.Write(new byte[4096]);
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }
}
