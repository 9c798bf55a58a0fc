using System.Collections.Concurrent;
using WarmContext.Files.Storage;

namespace WarmContext.Files.Refreshing;

/// <summary>The flights under way, one at most for each file, and how callers wait for them.</summary>
internal sealed class SingleFlight(IFileSource source, FileCacheOptions options, FreshnessPolicy policy, FileRefresh refresh)
{
    private readonly ConcurrentDictionary<FileId, Flight> _flights = new();

    // Those that were given up and replaced included: until they have ended they may still publish what they fetched.
    private readonly ConcurrentDictionary<Flight, FileId> _running = new();
    private readonly EnvironmentClock _clock = options.Environment.Clock;

    /// <summary>Waits for a file's entry and takes a lease on it.</summary>
    public async Task<CachedEntry> LeaseAsync(
        FileId id, bool revalidates, IProgress<FileProgress>? progress, CancellationToken cancellationToken)
    {
        var invocation = Invocation.CurrentOrDefault;
        for (var again = false; ; again = true)
        {
            var (flight, joined) = Join(id, revalidates, progress);
            try
            {
                var entry = await WaitAsync(flight, invocation, cancellationToken).ConfigureAwait(false);

                // What somebody asked for earlier may be too old for who asks now, above all after a freeze. A second one was begun later.
                if (!joined || again || policy.Judge(entry) != FreshnessJudgement.Stale)
                {
                    return entry;
                }

                entry.Release();
            }
            catch (FileCacheException exception) when (
                joined && !again && !exception.IsTransient && _clock.ElapsedSince(flight.Begun) > options.NotFoundAge)
            {
                // So may a refusal.
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

    public bool IsUnderWay(FileId id) => _flights.ContainsKey(id);

    /// <summary>Lets flights under way serve those who wait for them, and nobody who comes later.</summary>
    public void Outdate(FileId id)
    {
        _flights.TryRemove(id, out _);
        foreach (var (flight, running) in _running)
        {
            if (running == id)
            {
                flight.Outdate();
            }
        }
    }

    public void OutdateAll()
    {
        foreach (var (_, id) in _running)
        {
            Outdate(id);
        }
    }

    private (Flight Flight, bool Joined) Join(FileId id, bool revalidates, IProgress<FileProgress>? progress)
    {
        while (true)
        {
            var begins = false;
            if (!_flights.TryGetValue(id, out var flight))
            {
                flight = new Flight(id, revalidates, _clock.Read());
                _running[flight] = id;
                begins = _flights.TryAdd(id, flight);
                if (!begins)
                {
                    _running.TryRemove(flight, out _);
                    flight.Dispose();
                    continue;
                }
            }
            else if (!flight.TryJoin())
            {
                _flights.TryRemove(KeyValuePair.Create(id, flight));
                continue;
            }

            if (progress is not null)
            {
                flight.AddProgress(progress);
            }

            if (begins)
            {
                Begin(flight);
            }

            return (flight, !begins);
        }
    }

    /// <summary>Starts a flight outside the caller's context: it serves others too, and may outlive the caller's invocation.</summary>
    private void Begin(Flight flight)
    {
        using (ExecutionContext.IsFlowSuppressed() ? default(AsyncFlowControl?) : ExecutionContext.SuppressFlow())
        {
            _ = Task.Run(() => RunAsync(flight));
        }
    }

    private async Task RunAsync(Flight flight)
    {
        try
        {
            var entry = await refresh.RunAsync(flight).ConfigureAwait(false);
            Remove(flight);
            flight.Complete(entry);
        }
        catch (Exception exception)
        {
            Remove(flight);
            flight.Fail(AsFailure(flight, exception));
        }
    }

    private void Remove(Flight flight)
    {
        _flights.TryRemove(KeyValuePair.Create(flight.Id, flight));
        _running.TryRemove(flight, out _);
    }

    /// <summary>
    /// What callers are told: what they are promised, and nothing that could be taken for their own cancellation or time-out.
    /// </summary>
    private Exception AsFailure(Flight flight, Exception exception) => exception switch
    {
        FileCacheException => exception,
        OperationCanceledException when flight.Abandoned.IsCancellationRequested => exception,
        OperationCanceledException or TimeoutException =>
            new FileCacheException(
                FileCacheError.Unreachable, $"{source.Describe(flight.Id)}: the source gave up ({exception.Message}).", exception),
        IOException or UnauthorizedAccessException =>
            new FileCacheException(
                FileCacheError.Other, $"{source.Describe(flight.Id)} could not be cached ({exception.Message}).", exception),
        _ => exception,
    };

    private async Task<CachedEntry> WaitAsync(Flight flight, Invocation? invocation, CancellationToken cancellationToken)
    {
        var budget = invocation?.RemainingTimeLess(options.DeadlineMargin) ?? TimeSpan.MaxValue;
        try
        {
            var entry = budget == TimeSpan.MaxValue
                ? await flight.Completion.WaitAsync(cancellationToken).ConfigureAwait(false)
                : await flight.Completion.WaitAsync(budget, _clock.TimeProvider, cancellationToken).ConfigureAwait(false);

            // The flight holds one until everybody who waits has left.
            entry.AddLease();
            return entry;
        }
        catch (TimeoutException)
        {
            var late = new FileCacheException(
                FileCacheError.TimedOut,
                $"{source.Describe(flight.Id)} was not there within the {budget.TotalSeconds:0.###} s that invocation " +
                    $"{invocation!.RequestId} had left (less {options.DeadlineMargin.TotalMilliseconds:0} ms). " +
                "What was fetched is kept, and the next invocation goes on from there. Fetch it in Init, or give the function a longer " +
                    "timeout.");
            return refresh.StaleCopy(flight.Id, late) ?? throw late;
        }
        catch (FileCacheException exception)
        {
            throw exception.Copy();
        }
    }
}
