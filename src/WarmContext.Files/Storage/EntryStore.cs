using Microsoft.Win32.SafeHandles;
using WarmContext.Files.Diagnostics;
using WarmContext.Files.Verification;

namespace WarmContext.Files.Storage;

/// <summary>
/// The entries on disk. A record names its data file; both are written under unique names and renamed, so that whoever looks sees a whole
/// version or none, whatever other threads and processes do. Locks only keep a file from being removed while somebody uses it.
/// </summary>
internal sealed class EntryStore(
    CacheDirectory directory, string scheme, EnvironmentClock clock, bool verifiesOnRead, FileCacheMetrics metrics)
{
    /// <summary>The records that name the data files.</summary>
    public RecordFiles Records { get; } = new(directory, clock);

    /// <summary>Shared by commits, and exclusive to sweeps and evictions.</summary>
    public LockFile CommitLock { get; } = LockFile.ForCommits(directory, clock);

    public CacheDirectory Directory => directory;

    public EnvironmentClock Clock => clock;

    public string Scheme => scheme;

    public string PathOf(string name) => directory.PathOf(name);

    /// <summary>What the disk has of a file; null when it has nothing that can be trusted.</summary>
    public CachedEntry? Load(FileId id)
    {
        directory.Prepare();
        var hash = EntryNames.Hash(scheme, id);

        // The name is only a hash: the identity inside decides.
        return Records.Read(EntryNames.Record(hash)) is { } found && found.Record.Id == id && found.Record.Scheme == scheme
            && IsIntact(found.Record)
            ? new CachedEntry(this, found.Record, hash, found.Seen)
            : null;
    }

    /// <summary>Every entry on disk.</summary>
    public List<CachedFileInfo> List(IReadOnlyDictionary<FileId, CachedEntry> index)
    {
        directory.Prepare();
        var infos = new List<CachedFileInfo>();
        foreach (var name in directory.Names(EntryNames.RecordPrefix + "*"))
        {
            if (Records.Read(name) is { } found && found.Record is { } record && record.Scheme == scheme
                && FileFacts.Of(PathOf(record.DataName)) is { } data)
            {
                var leases = index.TryGetValue(record.Id, out var entry) && entry.Record.DataName == record.DataName ? entry.Leases : 0;
                infos.Add(new CachedFileInfo
                {
                    Id = record.Id,
                    Length = record.Length,
                    EntityTag = record.EntityTag,
                    Confirmed = new DateTimeOffset(found.Seen.ConfirmedUtc, TimeSpan.Zero),
                    LastUsed = new DateTimeOffset(data.LastWriteUtc, TimeSpan.Zero),
                    Leases = leases,
                });
            }
        }

        return infos;
    }

    /// <summary>Makes a complete download an entry: from here on it is what everybody finds.</summary>
    /// <param name="partial">The download. It is closed.</param>
    /// <param name="record">What its record will say.</param>
    /// <param name="freshness">When its source was asked for it.</param>
    /// <param name="tryPublish">Writes the record, or returns false where only those who wait for the file may have it.</param>
    /// <returns>
    /// The entry, with one lease taken; retired when only those who wait may have it; null when the file was removed meanwhile.
    /// </returns>
    public CachedEntry? Commit(PartialFile partial, EntryRecord record, Freshness freshness, Func<Func<bool>, bool> tryPublish)
    {
        freshness = freshness.ForDisk(clock);
        var hash = EntryNames.Hash(scheme, record.Id);
        using var guard = CommitLock.AcquireShared();

        // From here to the lease nobody holds the file: only the guard keeps others from taking it for an orphan.
        partial.Dispose();
        try
        {
            File.Move(PathOf(partial.Name), PathOf(record.DataName));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }

        var entry = new CachedEntry(this, record, hash, freshness);
        if (!entry.TryLease())
        {
            return null;
        }

        try
        {
            if (tryPublish(() => Records.TryCommit(hash, record, freshness)))
            {
                return entry;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // No room for one small file more, say: those who wait have theirs.
            FileCacheLog.HousekeepingFailed($"recording {record.Id}", exception);
        }

        entry.Retire();

        return entry;
    }

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
        if (FileFacts.IsWhole(handle, entry.DataPath, entry.Record.Length) && (!verifiesOnRead || IsIntact(handle, entry.Record)))
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
            using var exclusive = LockFile.OpenExclusive(PathOf(dataName));
            Records.Remove(hash, dataName);
            File.Delete(PathOf(dataName));
            return true;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            Records.Remove(hash, dataName);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Removes a link, which nobody locks.</summary>
    public static void TryRemoveLink(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The sweep tries again.
        }
    }

    /// <summary>Removes every entry of this kind of source, unless somebody has its data leased; that goes with the lease.</summary>
    public void RemoveAll(CancellationToken cancellationToken)
    {
        foreach (var name in directory.Names(EntryNames.RecordPrefix + "*"))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Records.Read(name) is { } found && found.Record.Scheme == scheme)
            {
                TryRemoveLink(PathOf(name));
                TryRemoveData(PathOf(found.Record.DataName));
            }
        }
    }

    /// <summary>
    /// Removes a data file that no record names any more, unless another process has it leased; the sweep gets it later then.
    /// </summary>
    public static bool TryRemoveData(string path)
    {
        try
        {
            using var exclusive = LockFile.OpenExclusive(path);
            File.Delete(path);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return exception is FileNotFoundException or DirectoryNotFoundException;
        }
    }

    private bool IsIntact(EntryRecord record)
    {
        var path = PathOf(record.DataName);
        if (FileFacts.Of(path) is not { IsRegularFile: true, IsOurs: true } facts || facts.Length != record.Length)
        {
            return false;
        }

        if (RecordFiles.IsOfThisBoot(record))
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
        if (ContentHash.IsIntact(handle, record.Length, record.Checksum))
        {
            return true;
        }

        metrics.VerificationFailed();
        FileCacheLog.DamagedOnDisk(PathOf(record.DataName));
        return false;
    }
}
