using System.Data;
using System.Data.Common;
using WarmContext.Connections;

namespace WarmContext;

/// <summary>
/// Keeps connections of any ADO.NET provider open from one invocation to the next and leases only those that are alive: one used a moment ago as
/// it is, an idle one after it has answered, one idle for too long replaced. Hold one in a static field.
/// </summary>
/// <typeparam name="T">The provider's connection type. Switch the provider's own pooling off, or it keeps connections of its own underneath.</typeparam>
/// <remarks>
/// Safe to use from several threads at once. No timers: nothing happens between invocations that a freeze could break. For PostgreSQL use
/// <c>WarmNpgsqlDataSource</c> (package WarmContext.Npgsql), which also retries opening, resets sessions and knows its failures by name.
/// </remarks>
public sealed class WarmConnection<T> : IWarmResource, IAsyncDisposable, IDisposable
    where T : DbConnection
{
    private readonly Func<CancellationToken, ValueTask<T>> _open;
    private readonly WarmConnectionOptions<T> _options;
    private readonly LeasePolicy _policy;
    private readonly SemaphoreSlim _slots;
    private readonly Stack<KeptConnection<T>> _idle = new();
    private int _generation;
    private bool _disposed;

    /// <summary>Creates it. Opens nothing yet.</summary>
    /// <param name="create">Creates a connection object; it is opened if it isn't open.</param>
    /// <param name="options">How connections are proven and reset. <value>Default: all defaults.</value></param>
    /// <exception cref="ArgumentNullException"><paramref name="create"/> is null.</exception>
    /// <exception cref="ArgumentException">An option has a value that isn't allowed.</exception>
    public WarmConnection(Func<T> create, WarmConnectionOptions<T>? options = null)
        : this(Wrap(create), options)
    {
    }

    /// <summary>Creates it. Opens nothing yet.</summary>
    /// <param name="open">Creates a connection, for example with a fresh token as its password; it is opened if it isn't open.</param>
    /// <param name="options">How connections are proven and reset. <value>Default: all defaults.</value></param>
    /// <exception cref="ArgumentNullException"><paramref name="open"/> is null.</exception>
    /// <exception cref="ArgumentException">An option has a value that isn't allowed.</exception>
    public WarmConnection(Func<CancellationToken, ValueTask<T>> open, WarmConnectionOptions<T>? options = null)
    {
        ArgumentNullException.ThrowIfNull(open);
        _open = open;
        _options = (options ?? new WarmConnectionOptions<T>()).Validated();
        _policy = new LeasePolicy(_options);
        _slots = new SemaphoreSlim(_options.PoolBound, _options.PoolBound);
        Name = _options.Name ?? typeof(T).Name;
        _options.Environment.Register(this);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>The most connections open at once.</summary>
    public int MaxConnections => _options.PoolBound;

    /// <summary>Leases a connection that is alive.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>The lease. It comes at once, with no I/O, when a connection was used within <see cref="ConnectionLeaseOptions.FreshFor"/>.</returns>
    /// <exception cref="TimeoutException">None could be had within the time that the invocation has left; the message says why.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">It is disposed.</exception>
    public ValueTask<WarmConnectionLease<T>> LeaseAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        cancellationToken.ThrowIfCancellationRequested();
        if (_options.Reset is null && _slots.Wait(0, CancellationToken.None))
        {
            if (TryTakeIdle() is not { } kept)
            {
                return LeaseSlowlyAsync(null, true, cancellationToken);
            }

            return _policy.Check(kept.LastUse) == LeaseCheck.None
                ? new ValueTask<WarmConnectionLease<T>>(HandOut(kept, true))
                : LeaseSlowlyAsync(kept, true, cancellationToken);
        }

        return LeaseSlowlyAsync(null, false, cancellationToken);
    }

    /// <summary>As <see cref="LeaseAsync"/>, blocking while there is something to wait for.</summary>
    /// <exception cref="TimeoutException">None could be had within the time that the invocation has left.</exception>
    public WarmConnectionLease<T> Lease()
    {
        var leasing = LeaseAsync(CancellationToken.None);
        return leasing.IsCompletedSuccessfully ? leasing.Result : leasing.AsTask().GetAwaiter().GetResult();
    }

    /// <summary>
    /// Closes the idle connections, and has those that are leased closed when they are given back. Call it before a SnapStart snapshot and at
    /// shutdown; the next leases open new ones.
    /// </summary>
    public void CloseConnections()
    {
        Interlocked.Increment(ref _generation);
        while (TryTakeIdle() is { } kept)
        {
            Close(kept);
        }
    }

    /// <summary>Closes all connections; those that are leased, when they are given back.</summary>
    public void Dispose()
    {
        _disposed = true;
        CloseConnections();
    }

    /// <summary>Closes all connections; those that are leased, when they are given back.</summary>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    async ValueTask IWarmResource.RevalidateAsync(TimeSpan gap, CancellationToken cancellationToken)
    {
        bool any;
        lock (_idle)
        {
            any = _idle.Count > 0;
        }

        if (any && !_disposed)
        {
            (await LeaseAsync(cancellationToken).ConfigureAwait(false)).Dispose();
        }
    }

    internal void Return(KeptConnection<T> kept)
    {
        kept.LastUse = _policy.LastUse(kept.LeasedAt);
        if (kept.Connection.State == ConnectionState.Open && kept.Generation == Volatile.Read(ref _generation) && !_disposed)
        {
            lock (_idle)
            {
                _idle.Push(kept);
            }
        }
        else
        {
            Close(kept);
        }

        _slots.Release();
    }

    private static Func<CancellationToken, ValueTask<T>> Wrap(Func<T> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        return _ => new ValueTask<T>(create());
    }

    private async ValueTask<WarmConnectionLease<T>> LeaseSlowlyAsync(KeptConnection<T>? kept, bool hasSlot, CancellationToken cancellationToken)
    {
        using var activity = ConnectionMetrics.Source.StartActivity("warmcontext.connection.lease");
        var budget = _policy.Budget();
        var started = _policy.Clock.Read();
        using var limit = new CancellationTokenSource(budget, _policy.Clock.TimeProvider);
        using var registration = cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), limit);
        try
        {
            if (!hasSlot)
            {
                await _slots.WaitAsync(limit.Token).ConfigureAwait(false);
                hasSlot = true;
            }

            for (kept ??= TryTakeIdle(); kept is not null; kept = TryTakeIdle())
            {
                if (await ProveAsync(kept, limit.Token).ConfigureAwait(false))
                {
                    break;
                }
            }

            var reused = kept is not null;
            kept ??= await OpenAsync(limit.Token).ConfigureAwait(false);
            ConnectionMetrics.Waited(Name, _policy.Clock.ElapsedSince(started));
            return HandOut(kept, reused);
        }
        catch (Exception exception)
        {
            if (hasSlot)
            {
                _slots.Release();
            }

            if (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException(hasSlot
                    ? $"{Name}: no connection was opened within {budget}, the time that the invocation had left less {nameof(ConnectionLeaseOptions.DeadlineMargin)}, or {nameof(ConnectionLeaseOptions.LeaseTimeout)}. Check that the server can be reached."
                    : $"{Name}: all {MaxConnections} connections are leased, and none came back within {budget}. Dispose leases when done with them, or raise {nameof(ConnectionLeaseOptions.MaxConnections)}.", exception);
            }

            throw;
        }
    }

    private async ValueTask<bool> ProveAsync(KeptConnection<T> kept, CancellationToken cancellationToken)
    {
        var check = kept.Generation != Volatile.Read(ref _generation) ? LeaseCheck.Replace : _policy.Check(kept.LastUse);
        if (check == LeaseCheck.Replace)
        {
            return Replaced(kept, ConnectionMetrics.ReasonIdle, null);
        }

        var resets = _options.Reset is not null && kept.WasLeased;
        if (check == LeaseCheck.None && !resets)
        {
            return true;
        }

        ConnectionMetrics.Probed(Name);
        var asking = AskAsync(kept.Connection, resets);
        var outcome = await ProbeRace.RunAsync(asking, _policy.ProbeTimeout, _policy.Clock.TimeProvider, cancellationToken).ConfigureAwait(false);
        if (outcome == ProbeOutcome.Alive)
        {
            kept.LastUse = _policy.Clock.Read();
            return true;
        }

        if (outcome == ProbeOutcome.Silent)
        {
            // What one of them doesn't answer, the others in this environment won't either.
            CloseConnections();
        }

        Replaced(kept, outcome == ProbeOutcome.Dead ? ConnectionMetrics.ReasonDead : ConnectionMetrics.ReasonSilent, asking);
        cancellationToken.ThrowIfCancellationRequested();
        return false;
    }

    private async Task AskAsync(T connection, bool resets)
    {
        // A provider that works synchronously would hold up the race itself.
        await Task.Yield();
        if (resets)
        {
            await _options.Reset!(connection).ConfigureAwait(false);
        }
        else if (_options.Probe is { } probe)
        {
            await probe(connection).ConfigureAwait(false);
        }
        else
        {
            var command = connection.CreateCommand();
            await using (command.ConfigureAwait(false))
            {
                command.CommandText = _options.ProbeCommandText;
                await command.ExecuteScalarAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private bool Replaced(KeptConnection<T> kept, string reason, Task? asking)
    {
        ConnectionMetrics.Replaced(Name, reason);
        if (asking is null || asking.IsCompleted)
        {
            Close(kept);
        }
        else
        {
            // In use until the probe ends, which the provider sees to.
            _ = asking.ContinueWith(
                (asking, _) =>
                {
                    _ = asking.Exception;
                    Close(kept);
                },
                null, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        return false;
    }

    private async ValueTask<KeptConnection<T>> OpenAsync(CancellationToken cancellationToken)
    {
        var generation = Volatile.Read(ref _generation);
        var connection = await _open(cancellationToken).ConfigureAwait(false)
            ?? throw new InvalidOperationException($"{Name}: the function that creates connections returned null; it must return a connection.");
        try
        {
            if (connection.State != ConnectionState.Open)
            {
                await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        ConnectionMetrics.Opened(Name);
        return new KeptConnection<T>(connection, _policy.Clock.Read(), generation);
    }

    private WarmConnectionLease<T> HandOut(KeptConnection<T> kept, bool reused)
    {
        kept.LeasedAt = _policy.Clock.Read();
        kept.WasLeased = true;
        if (reused)
        {
            ConnectionMetrics.Reused(Name);
        }

        return new WarmConnectionLease<T>(this, kept);
    }

    private KeptConnection<T>? TryTakeIdle()
    {
        lock (_idle)
        {
            return _idle.TryPop(out var kept) ? kept : null;
        }
    }

    private void Close(KeptConnection<T> kept)
    {
        try
        {
            kept.Connection.Dispose();
        }
        catch (Exception exception)
        {
            // It is dropped either way.
            WarmContextLog.DisposalFailed(Name, exception);
        }
    }
}
