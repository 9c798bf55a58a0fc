using System.Data;
using System.Data.Common;
using WarmContext.Diagnostics;
using WarmContext.Shared.Connections;

namespace WarmContext.Connections;

/// <summary>
/// The connections of a <see cref="WarmConnection{T}"/>: opens and probes them, keeps the idle ones and closes those that don't work.
/// </summary>
internal sealed class ConnectionPool<T>(
    string name, Func<CancellationToken, ValueTask<T>> open, WarmConnectionOptions<T> options, LeasePolicy policy)
    where T : DbConnection
{
    private readonly Stack<PooledConnection<T>> _idle = new();
    private int _generation;

    /// <summary>True once a connection was opened.</summary>
    public bool EverOpened { get; private set; }

    public PooledConnection<T>? TryTakeIdle()
    {
        lock (_idle)
        {
            return _idle.TryPop(out var pooled) ? pooled : null;
        }
    }

    /// <summary>Takes a connection back, if it may be leased again.</summary>
    public void Return(PooledConnection<T> pooled, bool keep)
    {
        var isOpen = keep && pooled.Connection.State == ConnectionState.Open;
        lock (_idle)
        {
            // Within the lock, or one that is invalidated just now would stay.
            if (isOpen && pooled.Generation == _generation)
            {
                _idle.Push(pooled);
                return;
            }
        }

        Close(pooled.Connection);
    }

    /// <summary>Closes the idle connections. The others are closed when they come back.</summary>
    public void InvalidateAll()
    {
        lock (_idle)
        {
            _generation++;
        }

        while (TryTakeIdle() is { } pooled)
        {
            Close(pooled.Connection);
        }
    }

    /// <summary>Probes a connection, if that is due.</summary>
    /// <returns>
    /// True if it may be leased; otherwise it has been closed, or will be. Where the caller gave up before there was an answer, neither:
    /// the task ends when that is settled, and until then the connection needs its slot.
    /// </returns>
    public async ValueTask<(bool IsUsable, Task? Settling)> ValidateAsync(PooledConnection<T> pooled, CancellationToken cancellationToken)
    {
        var check = pooled.Generation != Volatile.Read(ref _generation) ? LeaseCheck.Replace : policy.Check(pooled.LastAnswer);
        if (check == LeaseCheck.Replace)
        {
            Replace(pooled, ConnectionMetrics.ReasonIdle, null);
            return (false, null);
        }

        var resets = options.Reset is not null && pooled.WasLeased;
        if (check == LeaseCheck.None && !resets)
        {
            return (true, null);
        }

        ConnectionMetrics.Probed(name);
        var probing = ProbeAsync(pooled.Connection, resets);
        var outcome = await policy.WaitForProbeAsync(probing, cancellationToken).ConfigureAwait(false);
        return outcome == ProbeOutcome.Cancelled ? (false, SettleAsync(pooled, probing)) : (IsAlive(pooled, outcome, probing), null);
    }

    public async ValueTask<PooledConnection<T>> OpenAsync(CancellationToken cancellationToken)
    {
        var generation = Volatile.Read(ref _generation);
        var creating = open(cancellationToken).AsTask();
        T connection;
        try
        {
            // The user's function may ignore the token.
            connection = await creating.WaitAsync(cancellationToken).ConfigureAwait(false)
                ?? throw new InvalidOperationException(
                    $"{name}: the function that creates connections returned null; it must return a connection.");
        }
        catch (OperationCanceledException)
        {
            _ = DisposeWhenEndedAsync(creating, creating);
            throw;
        }

        if (connection.State != ConnectionState.Open)
        {
            var opening = Task.CompletedTask;
            try
            {
                opening = connection.OpenAsync(cancellationToken);
                await opening.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                var disposing = DisposeWhenEndedAsync(opening, creating);
                if (opening.IsCompleted)
                {
                    await disposing.ConfigureAwait(false);
                }

                throw;
            }
        }

        EverOpened = true;
        ConnectionMetrics.Opened(name);
        return new PooledConnection<T>(connection, policy.Clock.Read(), generation);
    }

    /// <summary>Closes a connection that nobody will get, as soon as it isn't in use any more.</summary>
    private async Task DisposeWhenEndedAsync(Task ending, Task<T> creating)
    {
        await ending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (creating.IsCompletedSuccessfully && creating.Result is { } connection)
        {
            Close(connection);
        }
    }

    private async Task ProbeAsync(T connection, bool resets)
    {
        // A provider that works synchronously would hold up the race against the timeout.
        await Task.Yield();
        if (resets)
        {
            await options.Reset!(connection).ConfigureAwait(false);
        }
        else if (options.Probe is { } probe)
        {
            await probe(connection).ConfigureAwait(false);
        }
        else
        {
            var command = connection.CreateCommand();
            await using (command.ConfigureAwait(false))
            {
                command.CommandText = options.ProbeCommandText;
                await command.ExecuteScalarAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    // The connection may be fine, so it is kept if it answers; but a half-open one must not hold its slot for as long as the provider's own
    // timeout.
    private async Task SettleAsync(PooledConnection<T> pooled, Task probing)
    {
        var outcome = await policy.WaitForProbeAsync(probing, CancellationToken.None).ConfigureAwait(false);
        if (IsAlive(pooled, outcome, probing))
        {
            Return(pooled, true);
        }
    }

    private bool IsAlive(PooledConnection<T> pooled, ProbeOutcome outcome, Task probing)
    {
        if (outcome == ProbeOutcome.Alive)
        {
            pooled.LastAnswer = policy.Clock.Read();
            return true;
        }

        if (outcome == ProbeOutcome.TimedOut)
        {
            // If one of them is half-open, the others in this environment are too.
            InvalidateAll();
        }

        Replace(pooled, outcome == ProbeOutcome.Dead ? ConnectionMetrics.ReasonDead : ConnectionMetrics.ReasonHalfOpen, probing);
        return false;
    }

    private void Replace(PooledConnection<T> pooled, string reason, Task? probing)
    {
        ConnectionMetrics.Replaced(name, reason);
        if (probing is null || probing.IsCompleted)
        {
            Close(pooled.Connection);
        }
        else
        {
            _ = CloseWhenProbeEndsAsync(pooled.Connection, probing);
        }
    }

    // The provider's own timeout ends the probe; until then the connection is in use.
    private async Task CloseWhenProbeEndsAsync(T connection, Task probing)
    {
        await probing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Close(connection);
    }

    private void Close(T connection)
    {
        try
        {
            connection.Dispose();
        }
        catch (Exception exception)
        {
            // It is dropped either way.
            WarmContextLog.DisposalFailed(Invocation.CurrentOrDefault?.RequestId, name, exception);
        }
    }
}
