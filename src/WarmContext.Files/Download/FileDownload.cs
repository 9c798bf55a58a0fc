using WarmContext.Files.Checksums;
using WarmContext.Files.Storage;

namespace WarmContext.Files.Download;

/// <summary>Brings a file to the disk: into a partial file that only its process uses, verified, and then committed.</summary>
internal sealed class FileDownload(EntryStore store, IFileSource source, FileCacheOptions options, DiskSpace space, FileCacheMetrics metrics)
{
    // How often another process may take a file away in the instant of its commit.
    private const int MostLosses = 3;

    private readonly DownloadPlan _plan = new(options);

    /// <summary>Fetches a file, or what is missing of it. Restarts once when it changes under way or comes damaged.</summary>
    /// <param name="flight">Who waits for it.</param>
    /// <param name="response">An answer for the whole file whose body has not been read; null to resume or to ask.</param>
    /// <param name="asked">When that answer was asked for: the version was current no earlier.</param>
    /// <returns>The entry, with one lease taken.</returns>
    public async Task<CachedEntry> RunAsync(Flight flight, FileSourceResponse? response, RequestTime asked)
    {
        var begun = options.Environment.Clock.Read();
        var full = false;
        var lost = 0;
        for (var restarted = false; ;)
        {
            try
            {
                var entry = await AttemptAsync(flight, response, asked).ConfigureAwait(false);
                response = null;
                if (entry is null)
                {
                    // Removed by somebody in the instant of its commit.
                    if (++lost > MostLosses)
                    {
                        throw new FileCacheException(
                            FileCacheError.Directory, $"{source.Describe(flight.Id)} was fetched, but its file was removed from '{store.Directory.Path}' at once, {lost} times. Leave the cache directory to the cache.");
                    }

                    continue;
                }

                metrics.Fetched(entry.Record.Length, options.Environment.Clock.ElapsedSince(begun));
                return entry;
            }
            catch (IOException exception) when (exception is not FileCacheException && DiskSpace.IsDiskFull(exception))
            {
                if (!full && space.TryMakeRoom(response?.TotalLength ?? 0))
                {
                    full = true;
                    response = null;
                    continue;
                }

                throw new FileCacheException(
                    FileCacheError.DiskFull, $"There is no room for {source.Describe(flight.Id)} in '{store.Directory.Path}'. Give the function more ephemeral storage, or raise {nameof(FileCacheOptions)}.{nameof(FileCacheOptions.FreeSpaceFloor)}.", exception);
            }
            catch (FileCacheException exception) when (exception.Error == FileCacheError.Corrupt && NoteDamage())
            {
                throw;
            }
            catch (FileCacheException exception) when (!restarted && exception.Error is FileCacheError.Changed or FileCacheError.Corrupt && !flight.Abandoned.IsCancellationRequested)
            {
                FileCacheLog.DownloadRestarted(source.Describe(flight.Id), exception);
                response = null;
                restarted = true;
            }
        }
    }

    private bool NoteDamage()
    {
        metrics.VerificationFailed();
        return false;
    }

    /// <summary>Null when the file was removed in the instant of its commit.</summary>
    private async Task<CachedEntry?> AttemptAsync(Flight flight, FileSourceResponse? response, RequestTime asked)
    {
        PartialFile? partial = null;
        try
        {
            partial = PartialFiles.TakeOver(store.Directory, store.Scheme, flight.Id, response?.EntityTag);
            if (partial is null)
            {
                if (response is null)
                {
                    asked = RequestTime.Now(options.Environment.Clock);
                    response = await source.OpenAsync(new FileSourceRequest(flight.Id), flight.Abandoned).ConfigureAwait(false);
                }

                partial = Create(flight.Id, response);
            }
            else if (response is null)
            {
                asked = RequestTime.Now(options.Environment.Clock);
                if (!partial.Complete.Contains(false))
                {
                    // Only its source knows whether a file that lacks nothing is still current: its last part is fetched again, under its tag.
                    partial.Complete[^1] = false;
                }
            }

            return await FillAsync(flight, partial, response, asked).ConfigureAwait(false);
        }
        finally
        {
            partial?.Dispose();
            response?.Dispose();
        }
    }

    private PartialFile Create(FileId id, FileSourceResponse response)
    {
        var record = new EntryRecord
        {
            Scheme = store.Scheme,
            Id = id,
            DataName = EntryNames.NewData(EntryNames.Hash(store.Scheme, id), id.Key),
            Length = response.TotalLength,
            EntityTag = response.EntityTag,
            SourceVersion = response.Version,
            LastModified = response.LastModified,
            Expected = response.Checksums,
            BootId = BootId.Current,
        };
        return space.TryCreate(record, _plan.Layout(response.TotalLength, response.EntityTag is not null)) ?? throw new NoRoomException(response.TotalLength);
    }

    private async Task<CachedEntry?> FillAsync(Flight flight, PartialFile partial, FileSourceResponse? response, RequestTime asked)
    {
        var keep = false;
        var complete = false;
        try
        {
            FileChecksum[] checksums;
            var hash = new ContentHash(partial.Layout, partial.Handle, partial.Record.Expected);
            await using (hash.ConfigureAwait(false))
            {
                var readBack = Task.Run(() => ReadBack(partial, hash));
                try
                {
                    var lanes = new DownloadLanes(source, options, partial, hash, flight.Progress);
                    await lanes.RunAsync(response, _plan.Lanes(partial.Layout.Count), flight.Abandoned).ConfigureAwait(false);
                }
                finally
                {
                    // It uses the file, which is closed after this.
                    await readBack.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }

                await readBack.ConfigureAwait(false);
                checksums = await hash.FinishAsync().ConfigureAwait(false);
            }

            FileVerification.Check(source.Describe(flight.Id), partial.Record.Expected, checksums);
            complete = true;
            partial.Seal();
            var record = partial.Record with { Checksum = checksums[0], Expected = [] };
            var entry = store.Commit(partial, record, Freshness.At(asked), flight.TryPublish);
            keep = true;
            return entry;
        }
        catch (Exception exception)
        {
            // The parts that came are worth keeping, unless they are of no use to anybody; a sealed file can't be resumed.
            keep |= !complete && partial.Layout.Count > 1 && store.Directory.HasLocks && exception is not FileCacheException { Error: FileCacheError.Changed or FileCacheError.Corrupt };
            throw;
        }
        finally
        {
            if (!keep)
            {
                partial.Dispose();
                EntryStore.TryRemoveData(store.PathOf(partial.Name));
            }
        }
    }

    private static void ReadBack(PartialFile partial, ContentHash hash)
    {
        for (var part = 0; part < partial.Complete.Length; part++)
        {
            if (partial.Complete[part])
            {
                hash.ReadBack(part);
            }
        }
    }
}
