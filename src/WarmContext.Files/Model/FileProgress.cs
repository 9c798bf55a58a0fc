namespace WarmContext.Files;

/// <summary>How far a download has come.</summary>
public sealed class FileProgress
{
    /// <summary>Creates a report.</summary>
    /// <param name="fetched">The number of bytes on disk so far.</param>
    /// <param name="total">The file's length, in bytes.</param>
    public FileProgress(long fetched, long total)
    {
        Fetched = fetched;
        Total = total;
    }

    /// <summary>The number of bytes on disk so far. Those of an earlier attempt that is resumed count.</summary>
    public long Fetched { get; }

    /// <summary>The file's length, in bytes.</summary>
    public long Total { get; }
}
