namespace WarmContext.Files;

/// <summary>How far a download has come.</summary>
/// <param name="Fetched">Bytes on disk so far, those of an earlier attempt that is resumed included.</param>
/// <param name="Total">The file's length, in bytes.</param>
public readonly record struct FileProgress(long Fetched, long Total);
