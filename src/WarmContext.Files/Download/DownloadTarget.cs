using WarmContext.Files.Storage;

namespace WarmContext.Files.Download;

/// <summary>Which file a download brings, who hears of it, and what becomes of it.</summary>
internal sealed class DownloadTarget
{
    public required FileId Id { get; init; }

    /// <summary>Told after each read: the bytes on disk so far, and the file's length. Several workers may call it at once.</summary>
    public required Action<long, long> Progress { get; init; }

    /// <summary>
    /// Makes an entry of the sealed partial file, its record, and when its source was asked for it. The entry has one lease taken; null
    /// when the file was removed in that instant.
    /// </summary>
    public required Func<PartialFile, EntryRecord, Freshness, CachedEntry?> Commit { get; init; }
}
