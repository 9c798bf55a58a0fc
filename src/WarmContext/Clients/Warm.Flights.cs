namespace WarmContext;

/// <content>Flights: how a value is made or checked once, however many ask for it, and reaches them all.</content>
public sealed partial class Warm<T>
{
    private Task<WarmEntry<T>> JoinOrStart(CancellationToken cancellationToken)
    {
        // Somebody who has given up already starts nothing.
        cancellationToken.ThrowIfCancellationRequested();
        return JoinOrStart(force: false).WaitAsync(cancellationToken);
    }

    private Task<WarmEntry<T>> JoinOrStart(bool force)
    {
        WarmFlight<T> flight;
        WarmEntry<T>? toCheck = null;
        WarmEntry<T>? expired = null;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_flight is not null)
            {
                ThrowIfWithin(_flight);
                if (_flight.Version == _version)
                {
                    return _flight.Task;
                }

                // The holder was invalidated since: what that attempt makes is for those who wait for it already.
            }

            if (_entry is { } entry)
            {
                switch (entry.State(_options.Environment.Clock.Read()))
                {
                    case WarmEntryState.Expired: expired = Detach(); break;
                    case WarmEntryState.Fresh when !force || _options.HealthCheck is null: return Task.FromResult(entry);
                    default: toCheck = entry; break;
                }
            }

            _flight = flight = new WarmFlight<T>(_version, WarmFlights.Producing.Value);
        }

        expired?.Retire();
        if (toCheck is null && _producer.CreatesSynchronously && ExecutionContext.Capture() is { } context)
        {
            ExecutionContext.Run(context, ProduceNow, flight);
        }
        else
        {
            _ = ProduceAsync(flight, toCheck);
        }

        return flight.Task;
    }

    /// <summary>Never throws: what goes wrong reaches those who wait for the flight.</summary>
    private async Task ProduceAsync(WarmFlight<T> flight, WarmEntry<T>? toCheck)
    {
        // Both are undone for the caller when this method first returns to it.
        WarmFlights.Producing.Value = flight;
        Invocation.SetCurrent(null);
        try
        {
            // A value that was invalidated while it was checked is not handed out, healthy or not.
            if (toCheck is not null && await _producer.IsHealthyAsync(toCheck).ConfigureAwait(false) && flight.Version == Interlocked.Read(ref _version))
            {
                toCheck.Touch(_options.Environment.Clock.Read());
                Land(flight, toCheck);
                return;
            }

            if (toCheck is not null)
            {
                Invalidate(toCheck, flight);
            }

            Land(flight, await _producer.CreateAsync(_disposal.Token).ConfigureAwait(false));
        }
        catch (Exception exception)
        {
            Crash(flight, exception);
        }
    }

    /// <summary>
    /// The same for a synchronous factory, without a state machine: in Init each one costs its compilation. Run in an execution context of its own,
    /// which undoes what it changes.
    /// </summary>
    private void ProduceNow(object? state)
    {
        var flight = (WarmFlight<T>)state!;
        WarmFlights.Producing.Value = flight;
        Invocation.SetCurrent(null);
        try
        {
            Land(flight, _producer.Create());
        }
        catch (Exception exception)
        {
            Crash(flight, exception);
        }
    }

    private void Crash(WarmFlight<T> flight, Exception exception)
    {
        lock (_gate)
        {
            End(flight);
            exception = _disposed ? new ObjectDisposedException(Name, exception) : exception;
        }

        flight.Fail(exception);
    }

    /// <summary>Puts an entry in place, unless the holder was invalidated or disposed meanwhile, and hands it to the waiters.</summary>
    private void Land(WarmFlight<T> flight, WarmEntry<T> entry)
    {
        var retire = false;
        lock (_gate)
        {
            End(flight);
            if (flight.Version == _version)
            {
                _entry = entry;
                if (!_needsChecks)
                {
                    Volatile.Write(ref _ready, entry.Value);
                }
            }
            else
            {
                entry.IsStale = true;
                retire = true;
            }
        }

        if (retire && Volatile.Read(ref _disposed))
        {
            flight.Fail(new ObjectDisposedException(Name));
        }
        else
        {
            flight.TrySetResult(entry);
        }

        if (retire)
        {
            entry.Retire();
        }
    }

    /// <summary>Another attempt may have taken this one's place.</summary>
    private void End(WarmFlight<T> flight) => _flight = ReferenceEquals(_flight, flight) ? null : _flight;

    /// <summary>Gives up an entry that failed its check, without making the flight that checked it stale.</summary>
    private void Invalidate(WarmEntry<T> unhealthy, WarmFlight<T> flight)
    {
        lock (_gate)
        {
            if (flight.Version == _version && ReferenceEquals(_entry, unhealthy))
            {
                Detach();
            }
        }

        unhealthy.Retire();
    }

    private void ThrowIfWithin(WarmFlight<T> flight)
    {
        for (var outer = WarmFlights.Producing.Value; outer is not null; outer = outer.Parent)
        {
            if (ReferenceEquals(outer, flight))
            {
                throw new InvalidOperationException($"The factory of {Name} uses the holder that it makes the value for, and would wait for itself for ever.");
            }
        }
    }
}
