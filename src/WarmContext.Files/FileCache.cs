using System.Collections.Concurrent;
using WarmContext.Files.Diagnostics;
using WarmContext.Files.Download;
using WarmContext.Files.Refreshing;
using WarmContext.Files.Sources;
using WarmContext.Files.Storage;

namespace WarmContext.Files;

/// <summary>
/// A cache of whole, verified files in the ephemeral storage. It never hands out a partial file, whatever was killed, frozen or changed
/// meanwhile. Any number of callers cost one download.
/// </summary>
/// <remarks>
/// <para>Safe to use from several threads at once, and by several processes that share the directory. Creating a cache does no I/O.</para>
/// <para>The package WarmContext.S3 has <c>S3FileCache</c>, which is this cache over Amazon S3.</para>
/// </remarks>
public sealed class FileCache
{
    // Enough to hide the waits of small files; large ones are fetched in parallel ranges anyway.
    private const int MaxPrefetches = 8;

    private readonly ConcurrentDictionary<FileId, CachedEntry> _index = new();
    private readonly FileCacheOptions _options;
    private readonly EnvironmentClock _clock;
    private readonly IFileSource _source;
    private readonly DiskSpace _space;
    private readonly OrphanSweep _sweep;
    private readonly FileCacheMetrics _metrics;
    private readonly FreshnessPolicy _policy;
    private readonly FileRefresh _refresh;
    private readonly SingleFlight _flights;
    private readonly BackgroundRefresh _background;
    private readonly PassThrough _passThrough;
    private readonly NotFoundMemory _notFound;

    /// <summary>Creates a cache. Its directory is made at the first use.</summary>
    /// <param name="source">Where files come from.</param>
    /// <param name="options">How files are kept; null takes all defaults.</param>
    /// <exception cref="ArgumentException">The source is null, or an option has a value that isn't allowed.</exception>
    public FileCache(IFileSource source, FileCacheOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        _source = source = new JudgedSource(source);
        _options = (options ?? new FileCacheOptions()).Validated();
        _clock = _options.Environment.Clock;
        _metrics = new FileCacheMetrics(source.Scheme);
        Store = new EntryStore(new CacheDirectory(_options.DirectoryPath()), source.Scheme, _clock, _options.VerifyOnRead, _metrics);
        _space = new DiskSpace(Store, _options, _index, _metrics);
        _sweep = new OrphanSweep(Store, _clock);
        _notFound = new NotFoundMemory(_options);
        _policy = new FreshnessPolicy(_options);
        _refresh = new FileRefresh(Store, source, _options, _policy, _index, _notFound, _space, _sweep, _metrics);
        _flights = new SingleFlight(source, _options, _policy, _refresh);
        _background = new BackgroundRefresh(_flights, source);
        _passThrough = new PassThrough(source, _options, _metrics);
    }

    internal EntryStore Store { get; }

    /// <summary>The cache's directory, an absolute path.</summary>
    public string Directory => Store.Directory.Path;

    /// <summary>Leases a file, and fetches or revalidates it first where that is due.</summary>
    /// <param name="id">The file.</param>
    /// <param name="cancellationToken">Ends this caller's wait; others who wait for the same file are not disturbed.</param>
    /// <returns>The lease. Dispose it.</returns>
    /// <exception cref="ArgumentException">The source can never have such a file.</exception>
    /// <exception cref="FileCacheException">The file could not be had; the message says why and what to do.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public ValueTask<CachedFile> GetAsync(FileId id, CancellationToken cancellationToken) =>
        GetAsync(id, null, cancellationToken);

    /// <summary>Leases a file, and fetches or revalidates it first where that is due.</summary>
    /// <param name="id">The file.</param>
    /// <param name="progress">Hears of the download, if there is one, about once for each MiB. Default: null, nobody does.</param>
    /// <param name="cancellationToken">Ends this caller's wait; others who wait for the same file are not disturbed.</param>
    /// <returns>The lease. Dispose it.</returns>
    /// <exception cref="ArgumentException">The source can never have such a file.</exception>
    /// <exception cref="FileCacheException">The file could not be had; the message says why and what to do.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public ValueTask<CachedFile> GetAsync(
        FileId id, IProgress<FileProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<CachedFile>(cancellationToken);
        }

        // Leased before it is revalidated in the background, which may replace it at once.
        if (TryGetServable(id, out var isStale) is not { } entry || !entry.TryLease())
        {
            return new ValueTask<CachedFile>(GetSlowlyAsync(id, progress, cancellationToken));
        }

        NoteHit(id, isStale);
        return ValueTask.FromResult(new CachedFile(entry, _clock));
    }

    /// <summary>
    /// Gives the object parsed from a file. It is parsed once for each version of the file and type, and kept in memory beside it.
    /// </summary>
    /// <remarks>
    /// Every caller gets the same object, null included. The cache never disposes it: callers may still use it when a newer version has
    /// replaced it.
    /// </remarks>
    /// <typeparam name="T">The object's type; each type has one object for a file, so parse a type in one way only.</typeparam>
    /// <param name="id">The file.</param>
    /// <param name="parse">
    /// Parses the file, as a rule once for any number of callers. What it throws reaches its caller, and the next call tries again.
    /// </param>
    /// <param name="cancellationToken">Ends this caller's wait.</param>
    /// <exception cref="FileCacheException">The file could not be had; the message says why and what to do.</exception>
    public ValueTask<T> GetOrLoadAsync<T>(
        FileId id, Func<CachedFile, CancellationToken, ValueTask<T>> parse, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(parse);
        return !cancellationToken.IsCancellationRequested && TryGetServable(id, out var isStale) is { } entry
            && ParsedValue<T>.TryFind(entry.Parsed, out var parsed)
            ? Parsed(entry, parsed, isStale)
            : LoadAsync(id, parse, cancellationToken);
    }

    /// <summary>
    /// Gives the object parsed from a file. It is parsed once for each version of the file and type, and kept in memory beside it.
    /// </summary>
    /// <remarks>
    /// Every caller gets the same object, null included. The cache never disposes it: callers may still use it when a newer version has
    /// replaced it.
    /// </remarks>
    /// <typeparam name="T">The object's type; each type has one object for a file, so parse a type in one way only.</typeparam>
    /// <param name="id">The file.</param>
    /// <param name="parse">Parses the file from its beginning. The stream is closed afterwards.</param>
    /// <param name="cancellationToken">Ends this caller's wait.</param>
    /// <exception cref="ArgumentException">
    /// <paramref name="parse"/> returns a task, which would be kept with its stream closed. Use the other overload.
    /// </exception>
    /// <exception cref="FileCacheException">The file could not be had; the message says why and what to do.</exception>
    public ValueTask<T> GetOrLoadAsync<T>(FileId id, Func<Stream, T> parse, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(parse);
        return !cancellationToken.IsCancellationRequested && TryGetServable(id, out var isStale) is { } entry
            && ParsedValue<T>.TryFind(entry.Parsed, out var parsed)
            ? Parsed(entry, parsed, isStale)
            : LoadAsync(id, FileParser.FromStream(parse), cancellationToken);
    }

    /// <summary>
    /// Makes the next caller ask the source. Leases keep their file; a download under way serves those who wait for it, and nobody later.
    /// </summary>
    /// <param name="id">The file.</param>
    /// <exception cref="ArgumentException"><paramref name="id"/> names no file.</exception>
    /// <exception cref="FileCacheException">The directory can't be used.</exception>
    public void Invalidate(FileId id)
    {
        FileId.ThrowIfDefault(id);
        _flights.Outdate(id);
        _refresh.Forget(id);
    }

    /// <summary>
    /// Removes every file, and what is left of downloads that were not finished. Leases keep their files; downloads under way serve those
    /// who wait for them, and nobody later.
    /// </summary>
    /// <param name="cancellationToken">Stops half-way; what was removed stays removed.</param>
    /// <exception cref="FileCacheException">The directory can't be used.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public void Clear(CancellationToken cancellationToken = default)
    {
        _flights.OutdateAll();

        // Also what only this process knows of: the record may have been removed by another while a lease kept the file.
        Store.Directory.Prepare();
        _refresh.ForgetKnown(cancellationToken);
        Store.RemoveAll(cancellationToken);
        _notFound.Clear();
        _sweep.RemoveEverything();
    }

    /// <summary>Lists what the cache's directory holds, whichever process fetched it.</summary>
    /// <exception cref="FileCacheException">The directory can't be used.</exception>
    public FileCacheStatus GetStatus()
    {
        Store.Directory.Prepare();
        var (capacity, used) = (_space.Capacity(), _space.Used());
        return new FileCacheStatus { Directory = Directory, Capacity = capacity, Used = used, Files = Store.List(_index) };
    }

    /// <summary>Fetches several files at once, for instance in Init, so that the first invocations find them on disk.</summary>
    /// <param name="ids">The files. A fresh one costs nothing.</param>
    /// <param name="cancellationToken">Stops fetching; what was fetched stays.</param>
    /// <exception cref="AggregateException">Some files could not be had; its inner exceptions name each.</exception>
    public async Task PrefetchAsync(IEnumerable<FileId> ids, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var failures = new ConcurrentQueue<Exception>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = MaxPrefetches, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(ids.Distinct(), options, async (id, token) =>
        {
            try
            {
                (await GetAsync(id, token).ConfigureAwait(false)).Dispose();
            }
            catch (Exception exception) when (exception is FileCacheException or ArgumentException)
            {
                failures.Enqueue(exception);
            }
        }).ConfigureAwait(false);
        if (!failures.IsEmpty)
        {
            throw new AggregateException($"{failures.Count} files could not be prefetched.", failures);
        }
    }

    private ValueTask<T> Parsed<T>(CachedEntry entry, T parsed, bool isStale)
    {
        NoteHit(entry.Record.Id, isStale);
        entry.NoteParsedUse();
        return ValueTask.FromResult(parsed);
    }

    /// <summary>An entry that may be served at once, and whether it is stale.</summary>
    private CachedEntry? TryGetServable(FileId id, out bool isStale)
    {
        isStale = false;
        if (!_index.TryGetValue(id, out var entry))
        {
            return null;
        }

        switch (_policy.Judge(entry))
        {
            case FreshnessJudgement.Fresh:
                return entry;
            case FreshnessJudgement.ServeAndRevalidate:
                isStale = true;
                return entry;
            default:
                return null;
        }
    }

    private void NoteHit(FileId id, bool isStale)
    {
        _metrics.Hit();
        if (isStale)
        {
            _background.Start(id);
        }
    }

    private async ValueTask<T> LoadAsync<T>(
        FileId id, Func<CachedFile, CancellationToken, ValueTask<T>> parse, CancellationToken cancellationToken)
    {
        var loading = Loading.Begin(this, id, typeof(T));
        try
        {
            using var file = await GetAsync(id, cancellationToken).ConfigureAwait(false);
            return file.Entry is { } entry
                ? await entry.ParseOnceAsync(loading, token => parse(file, token), cancellationToken).ConfigureAwait(false)
                : await parse(file, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            loading.End();
        }
    }

    private async Task<CachedFile> GetSlowlyAsync(FileId id, IProgress<FileProgress>? progress, CancellationToken cancellationToken)
    {
        FileId.ThrowIfDefault(id);
        _source.Validate(id);
        if (_notFound.Find(id) is { } known)
        {
            throw known;
        }

        CachedEntry entry;
        try
        {
            entry = await _flights.LeaseAsync(id, revalidates: false, progress, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is NoRoomException || CacheDirectory.IsNotWritable(exception))
        {
            var response = await _passThrough.OpenAsync(id, Directory, exception.InnerException, cancellationToken).ConfigureAwait(false);
            return new CachedFile(id, response, _source.Describe(id), _options);
        }

        if (_policy.Judge(entry) == FreshnessJudgement.ServeAndRevalidate)
        {
            _background.Start(id);
        }

        return new CachedFile(entry, _clock);
    }
}
