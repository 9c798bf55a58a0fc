namespace WarmContext.Files.Model;

/// <summary>How a file is cut into parts of one size, the last one shorter. An empty file is one empty part.</summary>
internal readonly record struct PartLayout(long Total, long PartSize)
{
    public int Count => Total <= PartSize ? 1 : (int)((Total + PartSize - 1) / PartSize);

    /// <summary>One part.</summary>
    public static PartLayout Whole(long total) => new(total, Math.Max(1, total));

    public long Offset(int part) => part * PartSize;

    public long Length(int part) => Math.Min(PartSize, Total - Offset(part));
}
