using WarmContext.Files.Model;

namespace WarmContext.Files.Download;

/// <summary>How a file is fetched: in parts of which size, how many at once.</summary>
internal sealed class DownloadPlan(FileCacheOptions options)
{
    private const long Mebibyte = 1024 * 1024;

    // S3 recommends ranges of 8 to 16 MB, and one connection for each 85 to 90 MB/s wanted:
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance-design-patterns.html (read 2026-11-20).
    private const long MinPart = 8 * Mebibyte;
    private const long MaxPart = 16 * Mebibyte;
    private const int TargetParts = 64;
    private const int WorkersPerCpu = 4;
    private const int MinWorkers = 2;
    private const int MaxWorkers = 16;
    private const int MegabytesPerWorker = 64;

    /// <summary>The parts of a file; one where it can't be fetched in ranges.</summary>
    public PartLayout Layout(long total, bool inRanges)
    {
        var part = options.PartSize ?? Math.Clamp(((total / TargetParts / Mebibyte) + 1) * Mebibyte, MinPart, MaxPart);
        return inRanges ? new PartLayout(total, part) : PartLayout.Whole(total);
    }

    /// <summary>How many of so many parts to fetch at once.</summary>
    public int Workers(int parts)
    {
        var environment = options.Environment;
        var byCpu = Math.Clamp((int)Math.Ceiling(environment.VirtualCpus * WorkersPerCpu), MinWorkers, MaxWorkers);
        var byMemory = Math.Max(1, (environment.MemoryMegabytes ?? int.MaxValue) / MegabytesPerWorker);
        return Math.Min(parts, options.Parallelism ?? Math.Min(byCpu, byMemory));
    }
}
