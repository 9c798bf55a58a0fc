using System.Collections.Concurrent;

namespace WarmContext;

/// <summary>
/// A cache of whole, verified files in the ephemeral storage. What it hands out is never a partial file, whatever was killed, frozen or
/// changed meanwhile; any number of callers cost one download.
/// </summary>
/// <remarks>
/// <para>Safe to use from several threads at once, and by several processes that share the directory. Creating one does no I/O.</para>
/// <para>Package WarmContext.S3 has <c>S3FileCache</c>, which is this over Amazon S3.</para>
/// </remarks>
public sealed class FileCache
{
    private readonly ConcurrentDictionary<FileId, CachedEntry> _index = new();
    private readonly ConcurrentDictionary<FileId, Flight> _flights = new();
    private readonly FileCacheOptions _options;
    private readonly EnvironmentClock _clock;
    private readonly IFileSource _source;
    private readonly EntryStore _store;
    private readonly FileRefresh _refresh;
    private readonly NotFoundMemory _notFound;

    /// <summary>Creates a cache. The directory is made at its first use.</summary>
    /// <param name="source">Where files come from.</param>
    /// <param name="options">How they are kept. <value>Default: all defaults.</value></param>
    /// <exception cref="ArgumentException">The source is null, or an option has a value that isn't allowed.</exception>
    public FileCache(IFileSource source, FileCacheOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        _source = source;
        _options = (options ?? new FileCacheOptions()).Validated();
        _clock = _options.Environment.Clock;
        _store = new EntryStore(new CacheDirectory(_options.DirectoryPath()), source.Scheme, _clock);
        _notFound = new NotFoundMemory(_options);
        _refresh = new FileRefresh(_store, source, _options, _index, _notFound);
    }

    /// <summary>The cache's directory.</summary>
    public string Directory => _store.Directory.Path;

    /// <summary>Leases a file, and fetches or revalidates it first where that is due.</summary>
    /// <param name="id">The file.</param>
    /// <param name="cancellationToken">Ends this caller's wait; others who wait for the same file are not disturbed.</param>
    /// <returns>The lease. Dispose it.</returns>
    /// <exception cref="ArgumentException">The source can never have such a file.</exception>
    /// <exception cref="FileCacheException">The file could not be had; the message says why and what to do.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public ValueTask<CachedFile> GetAsync(FileId id, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<CachedFile>(cancellationToken);
        }

        return TryGetFresh(id) is { } entry && entry.TryLease()
            ? ValueTask.FromResult(new CachedFile(entry, _clock))
            : new ValueTask<CachedFile>(GetSlowlyAsync(id, cancellationToken));
    }

    /// <summary>Gives the object parsed from a file. It is parsed once for each version of the file and type, and kept in memory beside it.</summary>
    /// <typeparam name="T">The object's type; each type has one object for a file, so parse a type in one way only.</typeparam>
    /// <param name="id">The file.</param>
    /// <param name="parse">Parses the file; called once for any number of callers as a rule. What it throws reaches its caller, and the next call tries again.</param>
    /// <param name="cancellationToken">Ends this caller's wait.</param>
    /// <exception cref="FileCacheException">The file could not be had; the message says why and what to do.</exception>
    public ValueTask<T> GetOrLoadAsync<T>(FileId id, Func<CachedFile, CancellationToken, ValueTask<T>> parse, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(parse);
        return !cancellationToken.IsCancellationRequested && TryGetFresh(id) is { } entry && ParsedValue<T>.Find(entry.Parsed) is { } parsed
            ? ValueTask.FromResult(parsed.Value)
            : LoadAsync(id, parse, cancellationToken);
    }

    /// <summary>Gives the object parsed from a file. It is parsed once for each version of the file and type, and kept in memory beside it.</summary>
    /// <typeparam name="T">The object's type; each type has one object for a file, so parse a type in one way only.</typeparam>
    /// <param name="id">The file.</param>
    /// <param name="parse">Parses the file from its beginning. The stream is closed afterwards.</param>
    /// <param name="cancellationToken">Ends this caller's wait.</param>
    /// <exception cref="ArgumentException"><paramref name="parse"/> returns a task: it would be kept with its stream closed. Use the other overload.</exception>
    /// <exception cref="FileCacheException">The file could not be had; the message says why and what to do.</exception>
    public ValueTask<T> GetOrLoadAsync<T>(FileId id, Func<Stream, T> parse, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(parse);
        return !cancellationToken.IsCancellationRequested && TryGetFresh(id) is { } entry && ParsedValue<T>.Find(entry.Parsed) is { } parsed
            ? ValueTask.FromResult(parsed.Value)
            : LoadAsync(id, FileParser.FromStream(parse), cancellationToken);
    }

    private CachedEntry? TryGetFresh(FileId id) => _index.TryGetValue(id, out var entry) && _refresh.IsFresh(entry) ? entry : null;

    private async ValueTask<T> LoadAsync<T>(FileId id, Func<CachedFile, CancellationToken, ValueTask<T>> parse, CancellationToken cancellationToken)
    {
        using var file = await GetAsync(id, cancellationToken).ConfigureAwait(false);
        return await file.Entry.ParseOnceAsync(file, parse, cancellationToken).ConfigureAwait(false);
    }

    private async Task<CachedFile> GetSlowlyAsync(FileId id, CancellationToken cancellationToken)
    {
        if (id.Key is null)
        {
            throw new ArgumentException($"The file has no name; make a {nameof(FileId)} of a container and a key.", nameof(id));
        }

        _source.Validate(id);
        if (_notFound.Find(id) is { } known)
        {
            throw known;
        }

        var invocation = Invocation.CurrentOrDefault;
        while (true)
        {
            var flight = Join(id);
            try
            {
                var entry = await WaitAsync(flight, invocation, cancellationToken).ConfigureAwait(false);
                if (entry.TryLease())
                {
                    return new CachedFile(entry, _clock);
                }
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // The flight was given up by its last waiter just as this one joined: start another.
            }
            finally
            {
                flight.Leave();
            }
        }
    }

    private Flight Join(FileId id)
    {
        while (true)
        {
            if (_flights.TryGetValue(id, out var flight))
            {
                if (flight.TryJoin())
                {
                    return flight;
                }

                _flights.TryRemove(KeyValuePair.Create(id, flight));
            }

            flight = new Flight(id);
            if (_flights.TryAdd(id, flight))
            {
                Begin(flight);
                return flight;
            }

            flight.Dispose();
        }
    }

    /// <summary>Starts a flight outside the caller's context: it serves others too, and may outlive the caller's invocation.</summary>
    private void Begin(Flight flight)
    {
        using (ExecutionContext.IsFlowSuppressed() ? default(AsyncFlowControl?) : ExecutionContext.SuppressFlow())
        {
            _ = Task.Run(() => FlyAsync(flight));
        }
    }

    private async Task FlyAsync(Flight flight)
    {
        try
        {
            var entry = await _refresh.RunAsync(flight).ConfigureAwait(false);
            _flights.TryRemove(KeyValuePair.Create(flight.Id, flight));
            flight.Complete(entry);
        }
        catch (Exception exception)
        {
            _flights.TryRemove(KeyValuePair.Create(flight.Id, flight));
            flight.Fail(exception is OperationCanceledException && !flight.Abandoned.IsCancellationRequested
                ? new FileCacheException(FileCacheError.Unreachable, $"{_source.Describe(flight.Id)}: the source gave up ({exception.Message}).", exception)
                : exception);
        }
    }

    private async Task<CachedEntry> WaitAsync(Flight flight, Invocation? invocation, CancellationToken cancellationToken)
    {
        var budget = invocation?.RemainingTimeLess(_options.DeadlineMargin) ?? TimeSpan.MaxValue;
        try
        {
            return budget == TimeSpan.MaxValue
                ? await flight.Completion.WaitAsync(cancellationToken).ConfigureAwait(false)
                : await flight.Completion.WaitAsync(budget, _clock.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new FileCacheException(
                FileCacheError.TimedOut,
                $"{_source.Describe(flight.Id)} was not there within the {budget.TotalSeconds:0.###} s that invocation {invocation!.RequestId} had left (less {_options.DeadlineMargin.TotalMilliseconds:0} ms). " +
                "Fetch it in Init, or give the function a longer timeout.");
        }
        catch (FileCacheException exception)
        {
            throw exception.Copy();
        }
    }
}
