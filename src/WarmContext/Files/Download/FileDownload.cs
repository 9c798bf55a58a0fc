using System.Buffers;

namespace WarmContext;

/// <summary>Brings one answer of a source to the disk: into a partial file that only its process knows, checked, and then committed.</summary>
internal sealed class FileDownload(EntryStore store, IFileSource source)
{
    private const int BufferBytes = 128 * 1024;

    /// <summary>Fetches the body of an answer.</summary>
    /// <param name="id">The file.</param>
    /// <param name="response">The answer; its body has not been read.</param>
    /// <param name="asked">When the request was sent: the version was current no earlier.</param>
    /// <param name="publish">False to give the file to the present callers alone.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The entry, with one lease taken.</returns>
    public async Task<CachedEntry> RunAsync(FileId id, FileSourceResponse response, RequestTime asked, Func<bool> publish, CancellationToken cancellationToken)
    {
        var hash = EntryNames.Hash(store.Scheme, id);
        var name = EntryNames.NewPartial(hash);
        try
        {
            using (var file = store.Directory.CreateNew(name, FileShare.None, response.TotalLength))
            {
                await CopyAsync(id, response, file, cancellationToken).ConfigureAwait(false);
            }

            var record = new EntryRecord
            {
                Scheme = store.Scheme,
                Id = id,
                DataName = EntryNames.NewData(hash, id.Key),
                Length = response.TotalLength,
                EntityTag = response.EntityTag,
                SourceVersion = response.Version,
                LastModified = response.LastModified,
                BootId = BootId.Current,
            };
            return store.Commit(name, record, Freshness.At(asked), publish())
                ?? throw new FileCacheException(FileCacheError.Directory, $"{source.Describe(id)} was fetched, but its file was removed from '{store.Directory.Path}' at once. Leave the cache directory to the cache.");
        }
        catch
        {
            EntryStore.TryRemoveData(store.PathOf(name));
            throw;
        }
    }

    private async Task CopyAsync(FileId id, FileSourceResponse response, FileStream file, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            long written = 0;
            int read;
            while ((read = await ReadAsync(id, response, buffer, written, cancellationToken).ConfigureAwait(false)) > 0)
            {
                if (written + read > response.TotalLength)
                {
                    throw new FileCacheException(FileCacheError.Corrupt, $"{source.Describe(id)} is longer than the {response.TotalLength:N0} bytes that were announced.");
                }

                await RandomAccess.WriteAsync(file.SafeFileHandle, buffer.AsMemory(0, read), written, cancellationToken).ConfigureAwait(false);
                written += read;
            }

            if (written != response.TotalLength)
            {
                throw new FileCacheException(FileCacheError.Corrupt, $"{source.Describe(id)} ended after {written:N0} of {response.TotalLength:N0} bytes.");
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async ValueTask<int> ReadAsync(FileId id, FileSourceResponse response, byte[] buffer, long written, CancellationToken cancellationToken)
    {
        try
        {
            return await response.Body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OperationCanceledException and not FileCacheException)
        {
            throw new FileCacheException(FileCacheError.Unreachable, $"The connection broke after {written:N0} of {response.TotalLength:N0} bytes of {source.Describe(id)} ({exception.Message}).", exception);
        }
    }
}
