using WarmContext.Files.Diagnostics;

namespace WarmContext.Files.Storage;

/// <summary>
/// The records of a cache directory, one for each identity. A record's last-write time is when its source last confirmed the file; a new version is a new
/// record renamed over the old one, so that readers see one or the other.
/// </summary>
internal sealed class RecordFiles(CacheDirectory directory)
{
    private const int MaxRecordBytes = 32 * 1024;

    /// <summary>A record, and when it was last confirmed; null when there is none that can be trusted.</summary>
    public (EntryRecord Record, DateTime ConfirmedUtc)? Read(string name)
    {
        var path = directory.PathOf(name);
        return FileFacts.Of(path) is { IsRegularFile: true, IsOurs: true } facts && Parse(path, facts) is { } record ? (record, facts.LastWriteUtc) : null;
    }

    /// <summary>Writes a record under a name of its own, and renames it over the one that is there.</summary>
    public void Write(string hash, EntryRecord record, DateTime confirmedUtc)
    {
        for (var again = false; ; again = true)
        {
            // Closed before it has its name, since readers must never find it locked. In that instant the sweep of another process may take it for an orphan.
            string temporary;
            using (var stream = directory.CreateUnique(EntryNames.NewTemporary, 0, out temporary))
            {
                stream.Write(record.Serialize());
            }

            try
            {
                File.SetLastWriteTimeUtc(directory.PathOf(temporary), confirmedUtc);
                File.Move(directory.PathOf(temporary), directory.PathOf(EntryNames.Record(hash)), overwrite: true);
                return;
            }
            catch (FileNotFoundException) when (!again)
            {
            }
        }
    }

    /// <summary>Notes on disk that the source confirmed an entry. Best effort: without the note another process only asks again.</summary>
    public void Confirm(CachedEntry entry, DateTime confirmedUtc)
    {
        try
        {
            File.SetLastWriteTimeUtc(directory.PathOf(EntryNames.Record(entry.Hash)), confirmedUtc);
        }
        catch (FileNotFoundException)
        {
            // Evicted by another process meanwhile.
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            FileCacheLog.HousekeepingFailed($"noting that {entry.Record.Id} is confirmed", exception);
        }
    }

    /// <summary>When the disk says that a file was last confirmed; null when it has no record of it.</summary>
    public DateTime? LastConfirmed(CachedEntry entry) =>
        FileFacts.Of(directory.PathOf(EntryNames.Record(entry.Hash))) is { IsRegularFile: true } facts ? facts.LastWriteUtc : null;

    /// <summary>Removes a record if it names this data file, so that nobody finds the entry any more. The data stays.</summary>
    public void Remove(string hash, string dataName)
    {
        var path = directory.PathOf(EntryNames.Record(hash));
        try
        {
            if (FileFacts.Of(path) is { } facts && (!facts.IsRegularFile || Parse(path, facts) is not { } record || record.DataName == dataName))
            {
                File.Delete(path);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            FileCacheLog.HousekeepingFailed($"removing the record {path}", exception);
        }
    }

    private static EntryRecord? Parse(string path, FileFacts facts)
    {
        if (facts.Length > MaxRecordBytes)
        {
            return null;
        }

        try
        {
            return EntryRecord.Parse(File.ReadAllBytes(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
