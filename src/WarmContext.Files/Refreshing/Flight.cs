using WarmContext.Files.Diagnostics;
using WarmContext.Files.Storage;

namespace WarmContext.Files.Refreshing;

/// <summary>
/// One fetch of one file that any number of callers wait for. It goes on while anybody waits, whoever gives up; when the last one has left
/// it is cancelled. Its result stays leased until everybody who waited has taken a lease of their own.
/// </summary>
internal sealed class Flight(FileId id, bool revalidates, ClockReading begun) : IDisposable
{
    private const long ProgressStep = 1024 * 1024;

    private readonly object _gate = new();
    private readonly object _publishing = new();
    private readonly CancellationTokenSource _cancellation = new();
    private readonly TaskCompletionSource<CachedEntry> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IProgress<FileProgress>[] _sinks = [];
    private long _reportedStep = -1;
    private int _waiters = 1;
    private bool _outdated;
    private IDisposable? _lock;
    private bool _ended;
    private CachedEntry? _held;

    public FileId Id { get; } = id;

    /// <summary>When it was begun: what it learns was true no earlier.</summary>
    public ClockReading Begun { get; } = begun;

    /// <summary>True to ask the source although the copy may still be served.</summary>
    public bool Revalidates { get; } = revalidates;

    /// <summary>Cancelled when nobody waits any more.</summary>
    public CancellationToken Abandoned => _cancellation.Token;

    public Task<CachedEntry> Completion => _completion.Task;

    /// <summary>
    /// True when the file was invalidated after this flight began: its result is for those who wait already, and for nobody later.
    /// </summary>
    public bool Outdated => Volatile.Read(ref _outdated);

    /// <summary>Makes the flight one of the past; the next one must not wait for it.</summary>
    public void Outdate()
    {
        lock (_publishing)
        {
            _outdated = true;
        }

        Volatile.Read(ref _lock)?.Dispose();
    }

    /// <summary>
    /// Lets others find what the flight has learnt, unless it is outdated. An invalidation comes wholly before that, or wholly after it and
    /// then finds what there is to forget.
    /// </summary>
    /// <param name="tryPublish">Publishes, or returns false where something newer is known.</param>
    public bool TryPublish(Func<bool> tryPublish)
    {
        lock (_publishing)
        {
            return !_outdated && tryPublish();
        }
    }

    /// <summary>Hands over the lock under which this flight fetches.</summary>
    public void Holds(IDisposable? downloadLock)
    {
        Volatile.Write(ref _lock, downloadLock);
        if (Outdated)
        {
            downloadLock?.Dispose();
        }
    }

    public void AddProgress(IProgress<FileProgress> sink)
    {
        lock (_gate)
        {
            _sinks = [.. _sinks, sink];
        }
    }

    /// <summary>Adds a waiter; false when the flight was given up.</summary>
    public bool TryJoin()
    {
        lock (_gate)
        {
            if (_waiters == 0)
            {
                return false;
            }

            _waiters++;
            return true;
        }
    }

    /// <summary>Removes a waiter.</summary>
    public void Leave()
    {
        CachedEntry? held = null;
        lock (_gate)
        {
            if (--_waiters > 0)
            {
                return;
            }

            (held, _held) = (_held, null);
            if (!_ended)
            {
                // Callbacks of the token run elsewhere: they may be slow, and a caller leaves because it has no time.
                _ = _cancellation.CancelAsync();
            }
        }

        held?.Release();
    }

    /// <summary>Hands out the result, whose one lease the flight takes over.</summary>
    public void Complete(CachedEntry entry)
    {
        var release = false;
        lock (_gate)
        {
            _ended = true;
            release = _waiters == 0;
            _held = release ? null : entry;
        }

        if (release)
        {
            entry.Release();
        }

        _completion.TrySetResult(entry);
    }

    public void Fail(Exception exception)
    {
        lock (_gate)
        {
            _ended = true;
        }

        _completion.TrySetException(exception);

        // Observed here: with all waiters gone nobody else looks.
        _ = _completion.Task.Exception;
    }

    /// <summary>Tells whoever asked, once for each MiB and at the end.</summary>
    /// <param name="fetched">The bytes on disk so far.</param>
    /// <param name="total">The file's length, in bytes.</param>
    public void Report(long fetched, long total)
    {
        var sinks = Volatile.Read(ref _sinks);
        if (sinks.Length == 0 || !IsNews(fetched / ProgressStep, fetched == total))
        {
            return;
        }

        var progress = new FileProgress(fetched, total);
        foreach (var sink in sinks)
        {
            try
            {
                sink.Report(progress);
            }
            catch (Exception exception)
            {
                FileCacheLog.HousekeepingFailed("reporting progress", exception);
            }
        }
    }

    public void Dispose() => _cancellation.Dispose();

    /// <summary>Workers report at once: a step that another has passed meanwhile is not worth telling.</summary>
    private bool IsNews(long step, bool isLast)
    {
        for (var reported = Volatile.Read(ref _reportedStep); step > reported;)
        {
            var found = Interlocked.CompareExchange(ref _reportedStep, step, reported);
            if (found == reported)
            {
                return true;
            }

            reported = found;
        }

        return isLast;
    }
}
