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

    private const int MinScanInterval = 20;

    private static readonly TimeSpan s_scanAge = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_lockPatience = TimeSpan.FromMilliseconds(100);

    private readonly object _gate = new();
    private long _capacity = -1;
    private long _used;
    private long _added;
    private int _scanning;
    private DirectoryScan _scan = DirectoryScan.None;

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
                    _added += layout.Total;
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

    /// <summary>
    /// Has the directory scanned beside the callers where that is due and takes its time. What other processes have removed leaves the
    /// memory then, with what was parsed from it.
    /// </summary>
    public void ScanInBackground()
    {
        if (IsDue() && Interlocked.Exchange(ref _scanning, 1) == 0)
        {
            _ = Task.Run(() =>
            {
                try
                {
                    Scan();
                }
                catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
                {
                    FileCacheLog.HousekeepingFailed("scanning the directory", exception);
                }
                finally
                {
                    Volatile.Write(ref _scanning, 0);
                }
            });
        }
    }

    /// <summary>The longer a scan takes the less often it is made.</summary>
    private bool IsDue()
    {
        var scan = Volatile.Read(ref _scan);
        var age = options.Environment.Clock.ElapsedSince(scan.Begun);
        return scan != DirectoryScan.None && age > s_scanAge && age > scan.Duration * MinScanInterval;
    }

    /// <summary>Evicts until so many bytes fit the capacity and leave the free-space floor.</summary>
    private bool MakeRoom(long bytes, long atLeast)
    {
        if (_scan == DirectoryScan.None || (_scan.IsSmall && (_used + bytes > _capacity || IsDue())))
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
        // A small directory is looked through each time; of a large one the oldest files are remembered.
        var scanned = _scan.IsSmall;
        if (scanned)
        {
            Scan();
        }

        // So that no file is taken between its rename and its first lease; after a short wait it goes on without.
        using var exclusive = store.CommitLock.TryAcquireExclusive(s_lockPatience);
        while (bytes > 0)
        {
            if (!_scan.Oldest.TryDequeue(out var candidate))
            {
                if (scanned)
                {
                    return false;
                }

                Scan();
                scanned = true;
                continue;
            }

            var file = candidate.File;
            if (candidate.WasUsed(store) || !TryEvict(file, candidate.Entry))
            {
                continue;
            }

            bytes -= file.Length;
            _used -= file.Length;
            metrics.Evicted(file.Length);
        }

        return true;
    }

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
        var added = Interlocked.Read(ref _added);
        var scan = DirectoryScan.Run(store, index, options.Environment.Clock);
        lock (_gate)
        {
            // What was made meanwhile may be missing in it.
            _used = scan.Used + (scan.IsSmall ? 0 : _added - added);
            Volatile.Write(ref _scan, scan);
        }
    }
}
