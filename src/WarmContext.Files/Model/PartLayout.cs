namespace WarmContext.Files.Model;

/// <summary>How a file is cut into parts of one size, the last one shorter. An empty file is one empty part.</summary>
internal readonly record struct PartLayout(long Total, long PartSize)
{
    private const long Mebibyte = 1024 * 1024;

    // S3 recommends ranges of 8 to 16 MB:
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance-design-patterns.html (read 2026-11-20).
    private const long MinPart = 8 * Mebibyte;
    private const long MaxPart = 16 * Mebibyte;
    private const int TargetParts = 64;

    public int Count => Total <= PartSize ? 1 : (int)((Total + PartSize - 1) / PartSize);

    /// <summary>Parts to fetch one by one.</summary>
    /// <param name="total">The file's length, in bytes.</param>
    /// <param name="partSize">The size that the options ask for; null leaves it to the file's length.</param>
    public static PartLayout InRanges(long total, long? partSize) =>
        new(total, partSize ?? Math.Clamp(((total / TargetParts / Mebibyte) + 1) * Mebibyte, MinPart, MaxPart));

    /// <summary>One part, where the file can't be fetched in ranges or isn't fetched at all.</summary>
    public static PartLayout Whole(long total) => new(total, Math.Max(1, total));

    public long Offset(int part) => part * PartSize;

    public long Length(int part) => Math.Min(PartSize, Total - Offset(part));
}
