using System.Data.Common;
using WarmContext.Connections;
using WarmContext.Environments;
using WarmContext.Shared.Connections;
using WarmContext.Shared.Diagnostics;

namespace WarmContext;

/// <summary>
/// Keeps connections of any ADO.NET provider open between invocations, and leases only those that are alive: one that answered a moment ago
/// without I/O, an idle one after a probe, and a new one in place of one that was idle for too long. Hold it in a static field.
/// </summary>
/// <typeparam name="T">The provider's connection type. Switch the provider's own pooling off, or there are two pools.</typeparam>
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
    private readonly ConnectionPool<T> _pool;
    private bool _disposed;

    /// <summary>Creates the pool. Opens no connection yet.</summary>
    /// <param name="create">Creates a connection object; it is opened unless it is open.</param>
    /// <param name="options">How connections are probed and reset; null means all defaults.</param>
    /// <exception cref="ArgumentNullException"><paramref name="create"/> is null.</exception>
    /// <exception cref="ArgumentException">An option has a value that isn't allowed.</exception>
    public WarmConnection(Func<T> create, WarmConnectionOptions<T>? options = null)
        : this(Wrap(create), options)
    {
    }

    /// <summary>Creates the pool. Opens no connection yet.</summary>
    /// <param name="open">Creates a connection, for example with a fresh token as its password; it is opened unless it is open.</param>
    /// <param name="options">How connections are probed and reset; null means all defaults.</param>
    /// <exception cref="ArgumentNullException"><paramref name="open"/> is null.</exception>
    /// <exception cref="ArgumentException">An option has a value that isn't allowed.</exception>
    public WarmConnection(Func<CancellationToken, ValueTask<T>> open, WarmConnectionOptions<T>? options = null)
    {
        ArgumentNullException.ThrowIfNull(open);
        _options = (options ?? new WarmConnectionOptions<T>()).Validated();
        _policy = new LeasePolicy(_options);
        _slots = new ConnectionSlots(_options.PoolSize());
        Name = _options.Name ?? typeof(T).Name;
        _pool = new ConnectionPool<T>(Name, open, _options, _policy);
        _options.Environment.Register(this);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>The maximum number of connections open at once.</summary>
    public int MaxConnections => _slots.Count;

    /// <summary>Leases a connection that is alive.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>The lease. It takes no I/O when a connection has answered within <see cref="ConnectionLeaseOptions.FreshFor"/>.</returns>
    /// <exception cref="TimeoutException">The lease took longer than the invocation has time left; the message says why.</exception>
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
            return _pool.TryTakeIdle() is not { } pooled ? LeaseSlowlyAsync(slot.Move(), null, cancellationToken)
                : _policy.Check(pooled.LastAnswer) != LeaseCheck.None ? LeaseSlowlyAsync(slot.Move(), pooled, cancellationToken)
                : new ValueTask<WarmConnectionLease<T>>(HandOut(pooled, ref slot, true));
        }
        finally
        {
            slot.Dispose();
        }
    }

    /// <summary>As <see cref="LeaseAsync"/>, but blocks while it waits.</summary>
    /// <exception cref="TimeoutException">The lease took longer than the invocation has time left; the message says why.</exception>
    /// <exception cref="ObjectDisposedException">It is disposed.</exception>
    public WarmConnectionLease<T> Lease()
    {
        var leasing = LeaseAsync(CancellationToken.None);
        return leasing.IsCompletedSuccessfully ? leasing.Result : PoolWatch.Wait(leasing.AsTask());
    }

    /// <summary>
    /// Closes the idle connections. Leased ones are closed when they are given back, and the next leases open new ones. The environment
    /// calls it before a SnapStart snapshot and at shutdown (<see cref="ExecutionEnvironment.ReleaseAsync"/>).
    /// </summary>
    public void CloseConnections() => _pool.InvalidateAll();

    /// <summary>Closes the idle connections. Leased ones are closed when they are given back.</summary>
    public void Dispose()
    {
        _disposed = true;
        CloseConnections();
    }

    /// <summary>Closes the idle connections. Leased ones are closed when they are given back.</summary>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    async ValueTask IWarmResource.RevalidateAsync(TimeSpan gap, CancellationToken cancellationToken)
    {
        if (_pool.EverOpened && !_disposed)
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

    internal void Return(PooledConnection<T> pooled) => _pool.Return(pooled, !_disposed);

    private static Func<CancellationToken, ValueTask<T>> Wrap(Func<T> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        return _ => new ValueTask<T>(create());
    }

    private async ValueTask<WarmConnectionLease<T>> LeaseSlowlyAsync(
        ConnectionSlots.Slot slot, PooledConnection<T>? pooled, CancellationToken cancellationToken)
    {
        using var span = GuardedSpan.Start("warmcontext.connection.lease");
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

            for (pooled ??= _pool.TryTakeIdle(); pooled is not null; pooled = _pool.TryTakeIdle())
            {
                var (isUsable, settling) = await _pool.ValidateAsync(pooled, limit.Token).ConfigureAwait(false);
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

            var reused = pooled is not null;
            pooled ??= await _pool.OpenAsync(limit.Token).ConfigureAwait(false);
            ConnectionMetrics.Waited(Name, _policy.Clock.ElapsedSince(started));
            return HandOut(pooled, ref slot, reused);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException(
                isWaiting
                    ? $"{Name}: all {MaxConnections} connections are leased, and none came back within {budget}. Dispose leases when "
                        + $"done with them, or raise {nameof(ConnectionLeaseOptions.MaxConnections)}."
                    : $"{Name}: no connection was opened within {budget}, the time that the invocation had left less "
                        + $"{nameof(ConnectionLeaseOptions.DeadlineMargin)}, or {nameof(ConnectionLeaseOptions.LeaseTimeout)}. "
                        + "Check that the server can be reached.",
                exception);
        }
        finally
        {
            slot.Dispose();
        }
    }

    private static async Task FreeOnceSettledAsync(ConnectionSlots.Slot slot, Task settling)
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

    private WarmConnectionLease<T> HandOut(PooledConnection<T> pooled, ref ConnectionSlots.Slot slot, bool reused)
    {
        pooled.WasLeased = true;
        if (reused)
        {
            ConnectionMetrics.Reused(Name);
        }

        return new WarmConnectionLease<T>(this, pooled, slot.Move());
    }
}
