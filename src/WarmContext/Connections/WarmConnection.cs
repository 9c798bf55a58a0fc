using System.Data.Common;
using WarmContext.Connections;
using WarmContext.Shared.Connections;

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
    private readonly WarmConnectionOptions<T> _options;
    private readonly LeasePolicy _policy;
    private readonly ConnectionSlots _slots;
    private readonly KeptConnections<T> _kept;
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
        _options = (options ?? new WarmConnectionOptions<T>()).Validated();
        _policy = new LeasePolicy(_options);
        _slots = new ConnectionSlots(_options.PoolBound);
        Name = _options.Name ?? typeof(T).Name;
        _kept = new KeptConnections<T>(Name, open, _options, _policy);
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
        if (_options.Reset is not null || !_slots.TryTake(out var slot))
        {
            return LeaseSlowlyAsync(default, null, cancellationToken);
        }

        try
        {
            return _kept.TryTakeIdle() is not { } kept ? LeaseSlowlyAsync(slot.Move(), null, cancellationToken)
                : _policy.Check(kept.LastUse) != LeaseCheck.None ? LeaseSlowlyAsync(slot.Move(), kept, cancellationToken)
                : new ValueTask<WarmConnectionLease<T>>(HandOut(kept, ref slot, true));
        }
        finally
        {
            slot.Dispose();
        }
    }

    /// <summary>As <see cref="LeaseAsync"/>, blocking while there is something to wait for.</summary>
    /// <exception cref="TimeoutException">None could be had within the time that the invocation has left.</exception>
    public WarmConnectionLease<T> Lease()
    {
        var leasing = LeaseAsync(CancellationToken.None);
        return leasing.IsCompletedSuccessfully ? leasing.Result : leasing.AsTask().GetAwaiter().GetResult();
    }

    /// <summary>
    /// Closes the idle connections, and has those that are leased closed when they are given back; the next leases open new ones. Before a SnapStart
    /// snapshot and at shutdown the environment calls it (<see cref="ExecutionEnvironment.ReleaseAsync"/>).
    /// </summary>
    public void CloseConnections() => _kept.CondemnAll();

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
        if (_kept.EverOpened && !_disposed)
        {
            (await LeaseAsync(cancellationToken).ConfigureAwait(false)).Dispose();
        }
    }

    /// <inheritdoc/>
    ValueTask IWarmResource.ReleaseAsync(CancellationToken cancellationToken)
    {
        CloseConnections();
        return ValueTask.CompletedTask;
    }

    internal void Return(KeptConnection<T> kept) => _kept.Return(kept, !_disposed);

    private static Func<CancellationToken, ValueTask<T>> Wrap(Func<T> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        return _ => new ValueTask<T>(create());
    }

    private async ValueTask<WarmConnectionLease<T>> LeaseSlowlyAsync(ConnectionSlot slot, KeptConnection<T>? kept, CancellationToken cancellationToken)
    {
        using var activity = WarmContextDiagnostics.ActivitySource.StartActivity("warmcontext.connection.lease");
        var budget = _policy.Budget();
        var started = _policy.Clock.Read();
        using var limit = new CancellationTokenSource(budget, _policy.Clock.TimeProvider);
        using var registration = cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), limit);
        var isWaiting = !slot.IsHeld;
        try
        {
            if (isWaiting)
            {
                slot = await _slots.TakeAsync(limit.Token).ConfigureAwait(false);
                isWaiting = false;
            }

            for (kept ??= _kept.TryTakeIdle(); kept is not null; kept = _kept.TryTakeIdle())
            {
                var (isUsable, settling) = await _kept.ProveAsync(kept, limit.Token).ConfigureAwait(false);
                if (isUsable)
                {
                    break;
                }

                if (settling is not null)
                {
                    _ = FreeOnceSettledAsync(slot.Move(), settling);
                    limit.Token.ThrowIfCancellationRequested();
                }
            }

            var reused = kept is not null;
            kept ??= await _kept.OpenAsync(limit.Token).ConfigureAwait(false);
            ConnectionMetrics.Waited(Name, _policy.Clock.ElapsedSince(started));
            return HandOut(kept, ref slot, reused);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException(isWaiting
                ? $"{Name}: all {MaxConnections} connections are leased, and none came back within {budget}. Dispose leases when done with them, or raise {nameof(ConnectionLeaseOptions.MaxConnections)}."
                : $"{Name}: no connection was opened within {budget}, the time that the invocation had left less {nameof(ConnectionLeaseOptions.DeadlineMargin)}, or {nameof(ConnectionLeaseOptions.LeaseTimeout)}. Check that the server can be reached.", exception);
        }
        finally
        {
            slot.Dispose();
        }
    }

    private static async Task FreeOnceSettledAsync(ConnectionSlot slot, Task settling)
    {
        try
        {
            await settling.ConfigureAwait(false);
        }
        finally
        {
            slot.Dispose();
        }
    }

    private WarmConnectionLease<T> HandOut(KeptConnection<T> kept, ref ConnectionSlot slot, bool reused)
    {
        kept.LeasedAt = _policy.Clock.Read();
        kept.WasLeased = true;
        if (reused)
        {
            ConnectionMetrics.Reused(Name);
        }

        return new WarmConnectionLease<T>(this, kept, slot.Move());
    }
}
