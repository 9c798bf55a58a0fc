using System.Collections.Concurrent;
using WarmContext.Files.Diagnostics;
using WarmContext.Files.Model;

namespace WarmContext.Files.Storage;

/// <summary>
/// Keeps the cache within its bounds: makes room before a download by evicting what was used least recently and is leased by nobody, here
/// or in another process. The directory is scanned for it, so that what other processes add and remove counts.
/// </summary>
internal sealed class DiskSpace(
    EntryStore store, FileCacheOptions options, ConcurrentDictionary<FileId, CachedEntry> index, FileCacheMetrics metrics)
{
    // A record and its directory entries take blocks of their own.
    private const long OverheadBytes = 16 * 1024;

    // All that .NET tells when a file can't be made with the length asked for.
    private const int AnyIOFailure = unchecked((int)0x80131620);

    private const double DefaultShare = 0.8;

    // The most ephemeral storage that a function can have.
    private const long MaxByDefault = 10240L * 1024 * 1024;

    private static readonly TimeSpan s_scanAge = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_lockPatience = TimeSpan.FromMilliseconds(100);

    private readonly object _gate = new();
    private long _capacity = -1;
    private long _used = -1;
    private ClockReading _scanned;

    /// <summary>
    /// Reserves the space of a download by making its file. Null when it is larger than the cache, or everything else is leased.
    /// </summary>
    /// <exception cref="FileCacheException">The directory can't be used, or the capacity is more than the disk has.</exception>
    public PartialFile? TryCreate(EntryRecord record, PartLayout layout)
    {
        lock (_gate)
        {
            store.Directory.Prepare();
            if (layout.Total > Capacity() || !MakeRoom(layout.Total, 0))
            {
                return null;
            }

            for (var full = false; ; full = true)
            {
                try
                {
                    var partial = PartialFile.Create(store.Directory, record, layout);
                    _used += layout.Total;
                    return partial;
                }
                catch (IOException exception) when (
                    exception is not FileCacheException && (IsDiskFull(exception) || exception.HResult == AnyIOFailure))
                {
                    // The free space we saw is not ours alone: once more, with room to spare.
                    if (full || !MakeRoom(layout.Total, layout.Total))
                    {
                        return null;
                    }
                }
            }
        }
    }

    /// <summary>Makes room after the disk turned out to be full although there seemed to be room.</summary>
    public bool TryMakeRoom(long bytes)
    {
        lock (_gate)
        {
            Scan();
            return Evict(Math.Max(bytes, OverheadBytes));
        }
    }

    /// <summary>Bytes of whole files on disk, and of downloads under way.</summary>
    public long Used()
    {
        lock (_gate)
        {
            Scan();
            return _used;
        }
    }

    public long Capacity()
    {
        lock (_gate)
        {
            if (_capacity < 0)
            {
                var total = new DriveInfo(store.Directory.Path).TotalSize;
                if (options.Capacity is { } wanted && wanted > total)
                {
                    throw new FileCacheException(
                        FileCacheError.Directory,
                        $"{nameof(FileCacheOptions)}.{nameof(FileCacheOptions.Capacity)} is {wanted:N0} bytes, but the file system of " +
                            $"'{store.Directory.Path}' has {total:N0} in all. Lower it, or give the function more ephemeral storage.");
                }

                _capacity = options.Capacity ?? Math.Min(MaxByDefault, (long)(total * DefaultShare));
            }

            return _capacity;
        }
    }

    /// <summary>
    /// True for a write that found no room. A source may throw an <see cref="IOException"/>, too, for which nothing is to be evicted.
    /// </summary>
    public static bool IsDiskFull(IOException exception) =>
        exception.HResult is 0x1C or unchecked((int)0x80070070) || exception.Message.Contains("No space left", StringComparison.Ordinal);

    /// <summary>Evicts until so many bytes fit the capacity and leave the free-space floor.</summary>
    private bool MakeRoom(long bytes, long atLeast)
    {
        if (_used < 0 || _used + bytes > _capacity || options.Environment.Clock.ElapsedSince(_scanned) > s_scanAge)
        {
            Scan();
        }

        var tooMany = Math.Max(
            _used + bytes - _capacity,
            options.FreeSpaceFloor + bytes + OverheadBytes - new DriveInfo(store.Directory.Path).AvailableFreeSpace);
        return (tooMany = Math.Max(tooMany, atLeast)) <= 0 || Evict(tooMany);
    }

    private bool Evict(long bytes)
    {
        var known = new Dictionary<string, CachedEntry>(StringComparer.Ordinal);
        foreach (var (_, entry) in index)
        {
            entry.CountParsedUse();
            known[entry.Record.DataName] = entry;
        }

        var candidates = store.Directory.StoredFiles()
            .Select(file => (File: file, Entry: known.GetValueOrDefault(file.Name)))
            .OrderBy(static candidate => candidate.File.IsPartial ? 0 : 1)
            .ThenBy(static candidate => LastUsedUtc(candidate.File, candidate.Entry))
            .ThenBy(static candidate => candidate.Entry?.LastUse ?? 0)
            .ToList();
        
        // So that no file is taken between its rename and its first lease; after a short wait it goes on without.
        using var exclusive = store.CommitLock.TryAcquireExclusive(s_lockPatience);
        foreach (var (file, entry) in candidates)
        {
            if (bytes <= 0)
            {
                break;
            }

            if (TryEvict(file, entry))
            {
                bytes -= file.Length;
                _used -= file.Length;
                metrics.Evicted(file.Length);
            }
        }

        return bytes <= 0;
    }

    /// <summary>This process knows its own uses exactly; of others' it knows the time that they noted on the file.</summary>
    private static DateTime LastUsedUtc(CacheDirectory.StoredFile file, CachedEntry? entry) =>
        entry is not null && entry.LastUsedUtc > file.LastWriteUtc ? entry.LastUsedUtc : file.LastWriteUtc;

    private bool TryEvict(CacheDirectory.StoredFile file, CachedEntry? entry)
    {
        if (file.IsPartial)
        {
            return store.Directory.HasLocks && EntryStore.TryRemoveData(store.PathOf(file.Name));
        }

        if (entry is null)
        {
            return store.TryRemove(EntryNames.HashOf(file.Name).ToString(), file.Name);
        }

        if (!entry.TryEvict())
        {
            return false;
        }

        index.TryRemove(KeyValuePair.Create(entry.Record.Id, entry));
        return true;
    }

    private void Scan()
    {
        _used = store.Directory.StoredFiles().Sum(static file => file.Length);
        _scanned = options.Environment.Clock.Read();
    }
}
