namespace WarmContext.Files.Download;

/// <summary>How a file is fetched: in parts of which size, how many at once.</summary>
internal sealed class DownloadPlan(FileCacheOptions options)
{
    private const long Mebibyte = 1024 * 1024;

    // S3 recommends ranges of 8 to 16 MB, and one connection for each 85 to 90 MB/s wanted:
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance-design-patterns.html (read 2026-11-20).
    private const long LeastPart = 8 * Mebibyte;
    private const long MostPart = 16 * Mebibyte;
    private const int PartsAimedAt = 64;
    private const int LanesPerCpu = 4;
    private const int LeastLanes = 2;
    private const int MostLanes = 16;
    private const int MegabytesPerLane = 64;

    /// <summary>The parts of a file; one where it can't be fetched in ranges.</summary>
    public PartLayout Layout(long total, bool inRanges)
    {
        var part = options.PartSize ?? Math.Clamp(((total / PartsAimedAt / Mebibyte) + 1) * Mebibyte, LeastPart, MostPart);
        return new PartLayout(total, inRanges ? part : Math.Max(1, total));
    }

    public int Lanes(int parts)
    {
        var environment = options.Environment;
        var byCpu = Math.Clamp((int)Math.Ceiling(environment.VirtualCpus * LanesPerCpu), LeastLanes, MostLanes);
        var byMemory = Math.Max(1, (environment.MemoryMegabytes ?? int.MaxValue) / MegabytesPerLane);
        return Math.Min(parts, options.Parallelism ?? Math.Min(byCpu, byMemory));
    }
}
