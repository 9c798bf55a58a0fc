using WarmContext.Files.Diagnostics;
using WarmContext.Files.Model;
using WarmContext.Files.Sources;
using WarmContext.Files.Storage;
using WarmContext.Files.Verification;

namespace WarmContext.Files.Download;

/// <summary>Brings a file to the disk: into a partial file that only its process uses, verified, and then committed.</summary>
internal sealed class FileDownload(
    EntryStore store, IFileSource source, FileCacheOptions options, DiskSpace space, FileCacheMetrics metrics)
{
    // How often another process may take a file away in the instant of its commit.
    private const int MaxLosses = 3;

    /// <summary>Fetches a file, or what is missing of it. Restarts once when it changes under way or comes damaged.</summary>
    /// <param name="target">The file, and what becomes of it.</param>
    /// <param name="response">An answer for the whole file whose body has not been read; null to resume or to ask.</param>
    /// <param name="asked">When that answer was asked for: the version was current no earlier.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The entry, with one lease taken.</returns>
    public async Task<CachedEntry> RunAsync(
        DownloadTarget target, FileSourceResponse? response, Freshness asked, CancellationToken cancellationToken)
    {
        var begun = options.Environment.Clock.Read();
        var full = false;
        var lost = 0;
        for (var restarted = false; ;)
        {
            try
            {
                var entry = await AttemptAsync(target, response, asked, cancellationToken).ConfigureAwait(false);
                response = null;
                if (entry is null)
                {
                    // Removed by somebody in the instant of its commit.
                    if (++lost > MaxLosses)
                    {
                        throw new FileCacheException(
                            FileCacheError.Directory,
                            $"{source.Describe(target.Id)} was fetched, but its file was removed from '{store.Directory.Path}' at once, " +
                                $"{lost} times. Leave the cache directory to the cache.");
                    }

                    continue;
                }

                metrics.Fetched(entry.Record.Length, options.Environment.Clock.ElapsedSince(begun));
                return entry;
            }
            catch (Exception exception) when (exception is UnauthorizedAccessException or IOException and not FileCacheException)
            {
                // Of the disk, since the source's failures have been translated: its callers read the file straight from the source.
                if (full || exception is not IOException failure || !DiskSpace.IsDiskFull(failure)
                    || !space.TryMakeRoom(response?.TotalLength ?? 0))
                {
                    throw new NoRoomException(exception);
                }

                full = true;
                response = null;
            }
            catch (FileCacheException exception) when (exception.Error == FileCacheError.Corrupt && NoteDamage())
            {
                throw;
            }
            catch (FileCacheException exception) when (
                !restarted && exception.Error is FileCacheError.Changed or FileCacheError.Corrupt
                    && !cancellationToken.IsCancellationRequested)
            {
                FileCacheLog.DownloadRestarted(source.Describe(target.Id), exception);
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
    private async Task<CachedEntry?> AttemptAsync(
        DownloadTarget target, FileSourceResponse? response, Freshness asked, CancellationToken cancellationToken)
    {
        PartialFile? partial = null;
        try
        {
            partial = PartialFile.TakeOver(store.Directory, store.Scheme, target.Id, response?.EntityTag);
            if (partial is null)
            {
                if (response is null)
                {
                    asked = Freshness.Now(options.Environment.Clock);
                    response = await source.OpenAsync(new FileSourceRequest(target.Id), cancellationToken).ConfigureAwait(false);
                    asked = asked.AnsweredNow(options.Environment.Clock);
                }

                partial = Create(target.Id, response);
            }
            else if (response is null)
            {
                asked = Freshness.Now(options.Environment.Clock);
                if (partial.Fetched == partial.Layout.Total)
                {
                    // Only its source knows whether a file that lacks nothing is still current: its last byte is fetched again.
                    partial.Done[^1]--;
                }
            }

            return await FillAsync(target, partial, response, asked, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            partial?.Dispose();
            if (response is not null)
            {
                ResponseBody.Close(response);
            }
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
            ContentEncoding = response.ContentEncoding,
            SourceVersion = response.Version,
            LastModified = response.LastModified,
            Expected = response.Checksums,
            BootId = RecordFiles.CurrentBootId,
        };

        // Without an entity tag nobody knows whether two ranges are of the same version.
        var layout = response.EntityTag is null
            ? PartLayout.Whole(response.TotalLength)
            : PartLayout.InRanges(response.TotalLength, options.PartSize);
        try
        {
            return space.TryCreate(record, layout) ?? throw new NoRoomException();
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException and not FileCacheException)
        {
            throw new NoRoomException(exception);
        }
    }

    private async Task<CachedEntry?> FillAsync(
        DownloadTarget target, PartialFile partial, FileSourceResponse? response, Freshness asked, CancellationToken cancellationToken)
    {
        var keep = false;
        var complete = false;
        try
        {
            var checksum = await FetchAndVerifyAsync(target, partial, response, cancellationToken).ConfigureAwait(false);
            complete = true;
            partial.Seal();
            var entry = target.Commit(partial, partial.Record with { Checksum = checksum, Expected = [] }, asked);
            keep = true;
            return entry;
        }
        catch (Exception exception)
        {
            // The parts that came are worth keeping, unless they are of no use to anybody; a sealed file can't be resumed.
            keep |= !complete && partial.IsResumable && store.Directory.HasLocks
                && exception is not FileCacheException { Error: FileCacheError.Changed or FileCacheError.Corrupt };
            throw;
        }
        finally
        {
            if (!keep)
            {
                partial.Dispose();
                EntryStore.TryRemoveData(store.PathOf(partial.Name));
            }

            if (complete || !keep)
            {
                partial.RemoveNote(store.Directory);
            }
        }
    }

    private async Task<FileChecksum> FetchAndVerifyAsync(
        DownloadTarget target, PartialFile partial, FileSourceResponse? response, CancellationToken cancellationToken)
    {
        var hash = new ContentHash(partial.Layout, partial.Handle, partial.Record.Expected);
        await using (hash.ConfigureAwait(false))
        {
            var readBack = Task.Run(() => ReadBack(partial, hash), CancellationToken.None);
            try
            {
                var workers = new DownloadWorkers(source, options, partial, hash, target.Progress);
                await workers.RunAsync(response, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                // It uses the file, which is closed after this.
                await readBack.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            await readBack.ConfigureAwait(false);
            return await hash.VerifyAsync(source.Describe(target.Id)).ConfigureAwait(false);
        }
    }

    private static void ReadBack(PartialFile partial, ContentHash hash)
    {
        for (var part = 0; part < partial.Done.Length; part++)
        {
            // What is there of others is read by the worker that goes on from there.
            if (partial.Done[part] > 0 && partial.Done[part] == partial.Layout.Length(part))
            {
                hash.ReadBack(part);
            }
        }
    }
}
