using Amazon.S3;
using WarmContext.Files;

namespace WarmContext.S3;

/// <summary>
/// A cache of S3 objects in the ephemeral storage. A fresh hit costs a file open, a stale one a conditional request. What it hands out is
/// always a whole, verified object.
/// </summary>
/// <remarks>
/// Safe to use from several threads at once, and by several processes that share the directory. Make one for the environment, outside the
/// handler; creating it does no I/O and doesn't create the client of a <see cref="Warm{T}"/>.
/// </remarks>
public sealed class S3FileCache
{
    private readonly FileCache _cache;

    /// <summary>Creates a cache over a client.</summary>
    /// <param name="client">The client. It stays the caller's to dispose.</param>
    /// <param name="options">How files are kept and asked for; null takes all defaults.</param>
    /// <exception cref="ArgumentException">The client is null, or an option has a value that isn't allowed.</exception>
    public S3FileCache(IAmazonS3 client, S3FileCacheOptions? options = null)
        : this(Fixed(client), options)
    {
    }

    /// <summary>Creates a cache over a holder. Its client is created when an object must be asked for; a hit on disk needs none.</summary>
    /// <param name="client">The holder. The client in use is leased for as long as a response is read.</param>
    /// <param name="options">How files are kept and asked for; null takes all defaults.</param>
    /// <exception cref="ArgumentException">The holder is null, or an option has a value that isn't allowed.</exception>
    public S3FileCache(Warm<IAmazonS3> client, S3FileCacheOptions? options = null)
        : this(Held(client), options)
    {
    }

    private S3FileCache(Func<CancellationToken, ValueTask<S3FileSource.ClientLease>> lease, S3FileCacheOptions? options)
    {
        var validated = (options ?? new S3FileCacheOptions()).ValidatedS3();
        _cache = new FileCache(new S3FileSource(lease, validated), validated);
    }

    /// <summary>The cache's directory.</summary>
    public string Directory => _cache.Directory;

    /// <summary>Leases an object's file, and fetches or revalidates it first where that is due.</summary>
    /// <param name="bucket">The bucket: its name, an access point's ARN or alias, or a directory bucket.</param>
    /// <param name="key">The object's key.</param>
    /// <param name="cancellationToken">Ends this caller's wait; others who wait for the same object are not disturbed.</param>
    /// <returns>The lease. Dispose it.</returns>
    /// <exception cref="ArgumentException">The bucket or key can't be one of S3.</exception>
    /// <exception cref="FileCacheException">The object could not be had; the message names it and says why.</exception>
    public ValueTask<CachedFile> GetAsync(string bucket, string key, CancellationToken cancellationToken = default) =>
        _cache.GetAsync(new FileId(bucket, key), cancellationToken);

    /// <summary>Leases the file of an object or of one pinned version of it.</summary>
    /// <param name="id">The object; one with a version is fetched once and never asked about again.</param>
    /// <param name="cancellationToken">Ends this caller's wait.</param>
    /// <returns>The lease. Dispose it.</returns>
    /// <exception cref="ArgumentException">The bucket or key can't be one of S3.</exception>
    /// <exception cref="FileCacheException">The object could not be had; the message names it and says why.</exception>
    public ValueTask<CachedFile> GetAsync(FileId id, CancellationToken cancellationToken) =>
        _cache.GetAsync(id, cancellationToken);

    /// <summary>Gives what was parsed from an object: once for each version of it, kept in memory for later calls.</summary>
    /// <remarks>
    /// Every caller gets the same object, null included. The cache never disposes it: callers may still use it when a newer version has
    /// replaced it.
    /// </remarks>
    /// <typeparam name="T">What is parsed; parse each type of an object in one way only.</typeparam>
    /// <param name="bucket">The bucket.</param>
    /// <param name="key">The object's key.</param>
    /// <param name="parse">Parses the object from its beginning. The stream is closed afterwards.</param>
    /// <param name="cancellationToken">Ends this caller's wait.</param>
    /// <exception cref="ArgumentException">The bucket or key can't be one of S3.</exception>
    /// <exception cref="FileCacheException">The object could not be had; the message names it and says why.</exception>
    public ValueTask<T> GetOrLoadAsync<T>(
        string bucket, string key, Func<Stream, T> parse, CancellationToken cancellationToken = default) =>
        _cache.GetOrLoadAsync(new FileId(bucket, key), parse, cancellationToken);

    /// <summary>Gives what was parsed from an object: once for each version of it, kept in memory for later calls.</summary>
    /// <remarks>
    /// Every caller gets the same object, null included. The cache never disposes it: callers may still use it when a newer version has
    /// replaced it.
    /// </remarks>
    /// <typeparam name="T">What is parsed; parse each type of an object in one way only.</typeparam>
    /// <param name="bucket">The bucket.</param>
    /// <param name="key">The object's key.</param>
    /// <param name="parse">Parses the file. The lease ends afterwards.</param>
    /// <param name="cancellationToken">Ends this caller's wait, and is handed to <paramref name="parse"/>.</param>
    /// <exception cref="ArgumentException">The bucket or key can't be one of S3.</exception>
    /// <exception cref="FileCacheException">The object could not be had; the message names it and says why.</exception>
    public ValueTask<T> GetOrLoadAsync<T>(
        string bucket,
        string key,
        Func<CachedFile, CancellationToken, ValueTask<T>> parse,
        CancellationToken cancellationToken = default) =>
        _cache.GetOrLoadAsync(new FileId(bucket, key), parse, cancellationToken);

    /// <summary>Leases an object's file, and reports the download's progress.</summary>
    /// <param name="id">The object.</param>
    /// <param name="progress">Hears of the download, if there is one, about once for each MiB. Default: null, nobody does.</param>
    /// <param name="cancellationToken">Ends this caller's wait.</param>
    /// <returns>The lease. Dispose it.</returns>
    /// <exception cref="FileCacheException">The object could not be had; the message names it and says why.</exception>
    public ValueTask<CachedFile> GetAsync(
        FileId id, IProgress<FileProgress>? progress = null, CancellationToken cancellationToken = default) =>
        _cache.GetAsync(id, progress, cancellationToken);

    /// <summary>Fetches objects of one bucket at once, for instance in Init, so that the first invocations find them on disk.</summary>
    /// <param name="bucket">The bucket.</param>
    /// <param name="keys">The objects' keys. A fresh one costs nothing.</param>
    /// <param name="cancellationToken">Stops fetching; what was fetched stays.</param>
    /// <exception cref="AggregateException">Some objects could not be had; the others were fetched. Its inner exceptions name
    /// each.</exception>
    public async Task PrefetchAsync(string bucket, IEnumerable<string> keys, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(keys);
        var failures = new List<Exception>();
        var ids = new List<FileId>();
        foreach (var key in keys)
        {
            try
            {
                ids.Add(new FileId(bucket, key));
            }
            catch (ArgumentException exception)
            {
                // Lists may come from a manifest: a key that can't be keeps no other object away.
                failures.Add(exception);
            }
        }

        try
        {
            await _cache.PrefetchAsync(ids, cancellationToken).ConfigureAwait(false);
        }
        catch (AggregateException exception)
        {
            failures.AddRange(exception.InnerExceptions);
        }

        if (failures.Count > 0)
        {
            throw new AggregateException($"{failures.Count} objects of bucket '{bucket}' could not be prefetched.", failures);
        }
    }

    /// <summary>Fetches objects at once, for instance in Init, so that the first invocations find them on disk.</summary>
    /// <param name="ids">The objects. A fresh one costs nothing.</param>
    /// <param name="cancellationToken">Stops fetching; what was fetched stays.</param>
    /// <exception cref="AggregateException">Some objects could not be had; the others were fetched. Its inner exceptions name
    /// each.</exception>
    public Task PrefetchAsync(IEnumerable<FileId> ids, CancellationToken cancellationToken = default) =>
        _cache.PrefetchAsync(ids, cancellationToken);

    /// <summary>
    /// Fetches what a manifest lists: an object of keys of the same bucket, one a line; empty lines and those that begin with # are
    /// skipped.
    /// </summary>
    /// <param name="bucket">The bucket.</param>
    /// <param name="manifestKey">The manifest's key. It is cached like any object.</param>
    /// <param name="cancellationToken">Stops fetching; what was fetched stays.</param>
    /// <exception cref="FileCacheException">The manifest could not be had.</exception>
    /// <exception cref="AggregateException">Some objects could not be had; the others were fetched.</exception>
    public async Task PrefetchManifestAsync(string bucket, string manifestKey, CancellationToken cancellationToken = default)
    {
        string text;
        using (var manifest = await GetAsync(bucket, manifestKey, cancellationToken).ConfigureAwait(false))
        {
            text = await manifest.ReadAllTextAsync(cancellationToken).ConfigureAwait(false);
        }

        var keys = text.Split('\n').Select(static line => line.TrimEnd('\r')).Where(static line => line.Length > 0
            && line[0] != '#').ToArray();
        await PrefetchAsync(bucket, keys, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes the next caller ask S3. Leases keep their file.</summary>
    /// <param name="bucket">The bucket.</param>
    /// <param name="key">The object's key.</param>
    /// <exception cref="ArgumentException">The bucket or key can't be one of S3.</exception>
    /// <exception cref="FileCacheException">The directory can't be used.</exception>
    public void Invalidate(string bucket, string key) => _cache.Invalidate(new FileId(bucket, key));

    /// <summary>Makes the next caller ask S3. Leases keep their file.</summary>
    /// <param name="id">The object.</param>
    /// <exception cref="ArgumentException"><paramref name="id"/> names no object.</exception>
    /// <exception cref="FileCacheException">The directory can't be used.</exception>
    public void Invalidate(FileId id) => _cache.Invalidate(id);

    /// <summary>Removes every file of the cache, and what is left of downloads that were not finished. Leases keep theirs.</summary>
    /// <param name="cancellationToken">Stops half-way; what was removed stays removed.</param>
    /// <exception cref="FileCacheException">The directory can't be used.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public void Clear(CancellationToken cancellationToken = default) => _cache.Clear(cancellationToken);

    /// <summary>Lists what the cache's directory holds, whichever process fetched it.</summary>
    public FileCacheStatus GetStatus() => _cache.GetStatus();

    private static Func<CancellationToken, ValueTask<S3FileSource.ClientLease>> Fixed(IAmazonS3 client)
    {
        ArgumentNullException.ThrowIfNull(client);
        return _ => ValueTask.FromResult(new S3FileSource.ClientLease(client, null));
    }

    private static Func<CancellationToken, ValueTask<S3FileSource.ClientLease>> Held(Warm<IAmazonS3> client)
    {
        ArgumentNullException.ThrowIfNull(client);
        return async cancellationToken =>
        {
            var lease = await client.LeaseAsync(cancellationToken).ConfigureAwait(false);
            return new S3FileSource.ClientLease(lease.Value, lease);
        };
    }
}
