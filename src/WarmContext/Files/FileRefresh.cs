using System.Collections.Concurrent;

namespace WarmContext;

/// <summary>What a flight does: looks on the disk, asks the source where that is due, and fetches what has changed.</summary>
internal sealed class FileRefresh(EntryStore store, IFileSource source, FileCacheOptions options, ConcurrentDictionary<FileId, CachedEntry> index, NotFoundMemory notFound)
{
    private readonly EnvironmentClock _clock = options.Environment.Clock;
    private readonly FileDownload _download = new(store, source);

    public bool IsFresh(CachedEntry entry) => IsWithin(entry, entry.Record.Id.Version is null ? options.MaximumAge : Timeout.InfiniteTimeSpan);

    /// <summary>Gives the file's entry with one lease taken.</summary>
    public async Task<CachedEntry> RunAsync(Flight flight)
    {
        var id = flight.Id;
        var held = TakeKnown(id);
        if (held is not null && IsFresh(held))
        {
            return held;
        }

        var asked = RequestTime.Now(_clock);
        try
        {
            using var response = await source.OpenAsync(new FileSourceRequest(id) { IfNoneMatch = held?.Record.EntityTag }, flight.Abandoned).ConfigureAwait(false);
            if (response.NotModified && held is not null)
            {
                held.Freshness = Freshness.At(asked);
                store.Confirm(held, asked.Utc);
                var confirmed = held;
                held = null;
                return confirmed;
            }

            var entry = await _download.RunAsync(id, response, asked, () => !flight.Outdated, flight.Abandoned).ConfigureAwait(false);
            if (!flight.Outdated)
            {
                Replace(id, entry);
            }

            return entry;
        }
        catch (FileCacheException exception) when (exception.Error is FileCacheError.NotFound or FileCacheError.ContainerNotFound)
        {
            if (held is not null)
            {
                Forget(held);
            }

            notFound.Add(id, asked, exception);
            throw;
        }
        finally
        {
            held?.Release();
        }
    }

    /// <summary>Takes an entry out of the index and off the disk; leases keep their file.</summary>
    public void Forget(CachedEntry entry)
    {
        index.TryRemove(KeyValuePair.Create(entry.Record.Id, entry));
        store.RemoveRecord(entry.Hash, entry.Record.DataName);
        entry.Retire();
    }

    private bool IsWithin(CachedEntry entry, TimeSpan age) => age == Timeout.InfiniteTimeSpan || entry.Freshness.Age(_clock) < age;

    /// <summary>What this process or the disk knows of the file, leased; null when neither has it.</summary>
    private CachedEntry? TakeKnown(FileId id)
    {
        index.TryGetValue(id, out var known);
        if (known is not null && IsFresh(known) && known.TryLease())
        {
            return known;
        }

        // Another process may have replaced or confirmed it meanwhile: the disk is the truth.
        var loaded = store.Load(id);
        if (loaded is not null && known is not null && loaded.Record.DataName == known.Record.DataName)
        {
            // Only what is news: our own confirmation, read back, knows nothing of a monotonic clock that has jumped since.
            if (loaded.Freshness.ConfirmedUtc > known.Freshness.ConfirmedUtc)
            {
                known.Freshness = loaded.Freshness;
            }

            loaded = known;
        }

        if (loaded is null || !loaded.TryLease())
        {
            if (known is not null)
            {
                index.TryRemove(KeyValuePair.Create(id, known));
                known.Retire();
            }

            return null;
        }

        Replace(id, loaded);
        return loaded;
    }

    private void Replace(FileId id, CachedEntry entry)
    {
        CachedEntry? replaced = null;
        index.AddOrUpdate(id, entry, (_, old) =>
        {
            replaced = old;
            return entry;
        });
        if (replaced is not null && replaced != entry)
        {
            replaced.Retire();
        }
    }
}
