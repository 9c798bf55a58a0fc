using Microsoft.Win32.SafeHandles;

namespace WarmContext;

/// <summary>
/// The entries on disk. A record names its data file; both are written under unique names and renamed, so that whoever looks sees a whole
/// version or none, whatever other threads and processes do. Locks only keep a file from being removed while somebody uses it.
/// </summary>
internal sealed class EntryStore(CacheDirectory directory, string scheme, EnvironmentClock clock, bool verifiesOnRead, FileCacheMetrics metrics)
{
    private const int MaxRecordBytes = 32 * 1024;

    public CacheDirectory Directory => directory;

    public EnvironmentClock Clock => clock;

    public string Scheme => scheme;

    public string PathOf(string name) => directory.PathOf(name);

    /// <summary>What the disk has of a file; null when it has nothing that can be trusted.</summary>
    public CachedEntry? Load(FileId id)
    {
        directory.Prepare();
        var hash = EntryNames.Hash(scheme, id);
        var path = PathOf(EntryNames.Record(hash));
        if (FileFacts.Of(path) is not { IsRegularFile: true, IsOurs: true } facts || ReadRecord(path, facts) is not { } record)
        {
            return null;
        }

        // The name is only a hash: the identity inside decides.
        if (record.Id != id || record.Scheme != scheme || !IsIntact(record))
        {
            return null;
        }

        return new CachedEntry(this, record, hash, Freshness.FromDisk(clock, facts.LastWriteUtc));
    }

    /// <summary>Every entry on disk.</summary>
    public List<CachedFileInfo> List(IReadOnlyDictionary<FileId, CachedEntry> index)
    {
        directory.Prepare();
        var infos = new List<CachedFileInfo>();
        foreach (var name in CacheScan.Names(directory, EntryNames.RecordPrefix + "*"))
        {
            if (FileFacts.Of(PathOf(name)) is { IsRegularFile: true } facts && ReadRecord(PathOf(name), facts) is { } record && record.Scheme == scheme
                && FileFacts.Of(PathOf(record.DataName)) is { } data)
            {
                var leases = index.TryGetValue(record.Id, out var entry) && entry.Record.DataName == record.DataName ? entry.Leases : 0;
                infos.Add(new CachedFileInfo(record.Id, record.Length, record.EntityTag, new DateTimeOffset(facts.LastWriteUtc, TimeSpan.Zero), new DateTimeOffset(data.LastWriteUtc, TimeSpan.Zero), leases));
            }
        }

        return infos;
    }

    /// <summary>Makes a complete download an entry: from here on it is what everybody finds.</summary>
    /// <returns>The entry, with one lease taken; null when the file was removed meanwhile.</returns>
    public CachedEntry? Commit(PartialFile partial, EntryRecord record, Freshness freshness, bool publish)
    {
        var hash = EntryNames.Hash(scheme, record.Id);
        using var guard = CommitGuard.Share(directory, clock);

        // From here to the lease nobody holds the file: only the guard keeps others from taking it for an orphan.
        partial.Dispose();
        try
        {
            File.Move(PathOf(partial.Name), PathOf(record.DataName));
        }
        catch (FileNotFoundException)
        {
            return null;
        }

        var entry = new CachedEntry(this, record, hash, freshness);
        if (!entry.TryLease())
        {
            return null;
        }

        if (!publish)
        {
            entry.Retire();
            return entry;
        }

        try
        {
            WriteRecord(hash, record, freshness.ConfirmedUtc);
        }
        catch
        {
            entry.Retire();
            entry.Release();
            throw;
        }

        return entry;
    }

    /// <summary>Notes on disk that the source confirmed an entry. Best effort: without the note another process only asks again.</summary>
    public void Confirm(CachedEntry entry, DateTime confirmedUtc)
    {
        try
        {
            File.SetLastWriteTimeUtc(PathOf(EntryNames.Record(entry.Hash)), confirmedUtc);
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
        FileFacts.Of(PathOf(EntryNames.Record(entry.Hash))) is { IsRegularFile: true } facts ? facts.LastWriteUtc : null;

    /// <summary>Notes a use for the eviction of other processes.</summary>
    public void Touch(string path, DateTime usedUtc)
    {
        try
        {
            File.SetLastWriteTimeUtc(path, usedUtc);
        }
        catch (FileNotFoundException)
        {
            // Invalidated while it is leased, say: nobody else has a use for the time.
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            FileCacheLog.HousekeepingFailed($"noting the use of {Path.GetFileName(path)} in {directory.Path}", exception);
        }
    }

    /// <summary>Opens an entry's data under a shared lock, and makes sure that it is still the file of that name.</summary>
    public SafeFileHandle? TryOpenData(CachedEntry entry)
    {
        SafeFileHandle handle;
        try
        {
            handle = File.OpenHandle(entry.DataPath, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Gone, or another process holds it alone to remove it.
            return null;
        }

        // Removed between our open and our lock: the handle would work, but the path would not.
        if (FileFacts.Of(entry.DataPath) is { IsRegularFile: true } facts && facts.Length == entry.Record.Length && (!verifiesOnRead || IsIntact(handle, entry.Record)))
        {
            return handle;
        }

        handle.Dispose();
        return null;
    }

    /// <summary>Removes a record, if it still names this data file, and the data; false when another process has it leased.</summary>
    public bool TryRemove(string hash, string dataName)
    {
        try
        {
            using var alone = OpenAlone(PathOf(dataName));
            RemoveRecord(hash, dataName);
            File.Delete(PathOf(dataName));
            return true;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            RemoveRecord(hash, dataName);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Removes a data file that no record names any more, unless another process has it leased; the sweep gets it later then.</summary>
    public static bool TryRemoveData(string path)
    {
        try
        {
            using var alone = OpenAlone(path);
            File.Delete(path);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return exception is FileNotFoundException or DirectoryNotFoundException;
        }
    }

    /// <summary>Removes a record if it names this data file, so that nobody finds the entry any more. The data stays.</summary>
    public void RemoveRecord(string hash, string dataName)
    {
        var path = PathOf(EntryNames.Record(hash));
        try
        {
            if (FileFacts.Of(path) is { } facts && (!facts.IsRegularFile || ReadRecord(path, facts) is not { } record || record.DataName == dataName))
            {
                File.Delete(path);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            FileCacheLog.HousekeepingFailed($"removing the record {path}", exception);
        }
    }

    public static EntryRecord? ReadRecord(string path, FileFacts facts)
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

    private bool IsIntact(EntryRecord record)
    {
        var path = PathOf(record.DataName);
        if (FileFacts.Of(path) is not { IsRegularFile: true, IsOurs: true } facts || facts.Length != record.Length)
        {
            return false;
        }

        if (record.BootId == BootId.Current)
        {
            return true;
        }

        // Written before the machine went down, or on another that shares the directory: its bytes tell whether it is whole.
        try
        {
            using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            return IsIntact(handle, record);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private bool IsIntact(SafeFileHandle handle, EntryRecord record)
    {
        if (FileVerification.IsIntact(handle, record))
        {
            return true;
        }

        metrics.VerificationFailed();
        FileCacheLog.DamagedOnDisk(PathOf(record.DataName));
        return false;
    }

    private void WriteRecord(string hash, EntryRecord record, DateTime confirmedUtc)
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
                File.SetLastWriteTimeUtc(PathOf(temporary), confirmedUtc);
                File.Move(PathOf(temporary), PathOf(EntryNames.Record(hash)), overwrite: true);
                return;
            }
            catch (FileNotFoundException) when (!again)
            {
            }
        }
    }

    /// <summary>Fails when anybody has the file open under a lock.</summary>
    private static SafeFileHandle OpenAlone(string path) => File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.None);
}
