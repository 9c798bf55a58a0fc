using System.Collections.Concurrent;
using WarmContext.Files.Diagnostics;
using WarmContext.Files.Download;
using WarmContext.Files.Sources;
using WarmContext.Files.Storage;

namespace WarmContext.Files.Refreshing;

/// <summary>What a flight does: looks on the disk, asks the source where that is due, and fetches what has changed.</summary>
internal sealed class FileRefresh(
    EntryStore store,
    IFileSource source,
    FileCacheOptions options,
    FreshnessPolicy policy,
    ConcurrentDictionary<FileId, CachedEntry> index,
    NotFoundMemory notFound,
    DiskSpace space,
    OrphanSweep sweep,
    FileCacheMetrics metrics)
{
    private readonly EnvironmentClock _clock = options.Environment.Clock;
    private readonly FileDownload _download = new(store, source, options, space, metrics);

    /// <summary>Gives the file's entry with one lease taken.</summary>
    public async Task<CachedEntry> RunAsync(Flight flight)
    {
        var held = TakeKnown(flight);
        sweep.RunOnceInBackground();
        space.ScanInBackground();
        if (held is not null && (policy.IsFresh(held) || (!flight.Revalidates && policy.Judge(held) != FreshnessJudgement.Stale)))
        {
            metrics.Hit();
            return held;
        }

        var asked = Freshness.Now(_clock);
        try
        {
            var fetched = await AskAsync(flight, held, asked).ConfigureAwait(false);
            notFound.Remove(flight.Id);
            if (fetched == held)
            {
                held = null;
            }

            return fetched;
        }
        catch (FileCacheException exception) when (exception.Error is FileCacheError.NotFound or FileCacheError.ContainerNotFound)
        {
            if (held is not null)
            {
                Forget(held);
            }

            flight.TryPublish(() => notFound.Add(flight.Id, asked, exception));
            throw;
        }
        catch (FileCacheException exception) when (held is not null)
        {
            if (!TryServeStale(held, exception))
            {
                throw;
            }

            var stale = held;
            held = null;
            return stale;
        }
        finally
        {
            held?.Release();
        }
    }

    /// <summary>The copy in memory, leased, if it may be served although the source failed so.</summary>
    public CachedEntry? StaleCopy(FileId id, FileCacheException failure) =>
        index.TryGetValue(id, out var entry) && TryServeStale(entry, failure) && entry.TryLease() ? entry : null;

    /// <summary>Takes a file out of the index and off the disk; leases keep theirs.</summary>
    public void Forget(FileId id)
    {
        notFound.Remove(id);
        index.TryGetValue(id, out var known);
        var loaded = store.Load(id);
        if (known is not null)
        {
            Forget(known);
        }

        if (loaded is not null && loaded.Record.DataName != known?.Record.DataName)
        {
            Forget(loaded);
        }
    }

    /// <summary>Takes every file that is in memory out of the index and off the disk; leases keep theirs.</summary>
    public void ForgetKnown(CancellationToken cancellationToken)
    {
        foreach (var (_, entry) in index)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Forget(entry);
        }
    }

    private bool TryServeStale(CachedEntry entry, FileCacheException failure)
    {
        policy.NoteFailure(failure.Error, entry);
        if (!policy.MayServeAfter(failure.Error, entry))
        {
            return false;
        }

        metrics.ServedStale();
        FileCacheLog.ServedStale(source.Describe(entry.Record.Id), policy.Age(entry), failure);
        return true;
    }

    private void Forget(CachedEntry entry)
    {
        index.TryRemove(KeyValuePair.Create(entry.Record.Id, entry));
        store.Records.Remove(entry.Hash, entry.Record.DataName);
        entry.Retire();
    }

    private void Drop(CachedEntry entry)
    {
        index.TryRemove(KeyValuePair.Create(entry.Record.Id, entry));
        entry.Retire();
    }

    /// <summary>One conditional request: the copy confirmed, or the answer to it fetched.</summary>
    private async Task<CachedEntry> AskAsync(Flight flight, CachedEntry? held, Freshness asked)
    {
        FileSourceResponse? response = null;
        if (held?.Record.EntityTag is { } entityTag)
        {
            var request = new FileSourceRequest(flight.Id) { IfNoneMatch = entityTag };
            response = await source.OpenAsync(request, flight.Abandoned).ConfigureAwait(false);
            if (response.NotModified)
            {
                ResponseBody.Close(response);
                var seen = asked.AnsweredNow(_clock).ForDisk(_clock);
                held.Confirm(seen);
                store.Records.Confirm(held, seen);
                metrics.Revalidated();
                return held;
            }

            asked = asked.AnsweredNow(_clock);
        }

        sweep.RunOnce();
        var (fetching, waited) = held is null ? await LockDownloadAsync(flight).ConfigureAwait(false) : (null, false);
        using (fetching)
        {
            flight.Holds(fetching);
            if (waited && TakeKnown(flight) is { } theirs)
            {
                if (policy.IsFresh(theirs))
                {
                    return theirs;
                }

                theirs.Release();
            }

            return await FetchAsync(flight, response, asked).ConfigureAwait(false);
        }
    }

    private Task<(IDisposable? Lock, bool Waited)> LockDownloadAsync(Flight flight) =>
        LockFile.ForDownload(store.Directory, EntryNames.Hash(store.Scheme, flight.Id), _clock)
            .AcquireExclusiveAsync(options.IdleTimeout, flight.Abandoned);

    private async Task<CachedEntry> FetchAsync(Flight flight, FileSourceResponse? response, Freshness asked)
    {
        var target = new DownloadTarget
        {
            Id = flight.Id,
            Progress = flight.Report,
            Commit = (partial, record, confirmed) => store.Commit(partial, record, confirmed, flight.TryPublish),
        };
        var entry = await _download.RunAsync(target, response, asked, flight.Abandoned).ConfigureAwait(false);
        if (!entry.IsRetired && flight.TryPublish(() => TryReplace(flight.Id, entry)))
        {
            return entry;
        }

        Forget(entry);

        // Another process has seen a later version meanwhile.
        if (!flight.Outdated && TakeKnown(flight) is { } theirs)
        {
            if (policy.IsFresh(theirs))
            {
                entry.Release();
                return theirs;
            }

            theirs.Release();
        }

        return entry;
    }

    /// <summary>What this process or the disk knows of the file, leased; null when neither has it.</summary>
    private CachedEntry? TakeKnown(Flight flight)
    {
        var id = flight.Id;
        index.TryGetValue(id, out var known);
        if (known is not null && policy.IsFresh(known) && known.TryLease())
        {
            return known;
        }

        // The record is as we left it: nothing to read there.
        if (known is not null && store.Records.LastConfirmed(known) == known.Freshness.ConfirmedUtc && known.TryLease())
        {
            return known;
        }

        // Another process may have replaced or confirmed it meanwhile: the disk is the truth, unless what we know was seen later.
        var loaded = store.Load(id);
        if (known is not null && loaded?.Record.DataName == known.Record.DataName)
        {
            // Only what is news: our own confirmation, read back, knows nothing of a monotonic clock that has jumped since.
            if (loaded.Freshness.IsLaterThan(known.Freshness, null, null))
            {
                known.Confirm(loaded.Freshness);
            }

            loaded = known;
        }
        else if (known is not null && loaded is not null && IsLater(known, loaded))
        {
            if (known.TryLease())
            {
                return known;
            }

            Drop(known);
        }

        if (loaded is null || !loaded.TryLease())
        {
            if (known is not null)
            {
                Drop(known);
            }

            return null;
        }

        if (!flight.TryPublish(() => TryReplace(id, loaded)))
        {
            Forget(loaded);
        }

        return loaded;
    }

    private static bool IsLater(CachedEntry one, CachedEntry other) =>
        one.Freshness.IsLaterThan(other.Freshness, one.Record.LastModified, other.Record.LastModified);

    /// <summary>False when this process knows a version that was seen later, as from a flight that was begun after this one.</summary>
    private bool TryReplace(FileId id, CachedEntry entry)
    {
        CachedEntry? replaced = null;
        var current = index.AddOrUpdate(
            id,
            _ =>
            {
                replaced = null;
                return entry;
            },
            (_, old) =>
            {
                replaced = old;
                return old != entry && !old.IsRetired && IsLater(old, entry) ? old : entry;
            });
        if (current != entry)
        {
            return false;
        }

        if (replaced is not null && replaced != entry)
        {
            replaced.Retire();
        }

        return true;
    }
}
