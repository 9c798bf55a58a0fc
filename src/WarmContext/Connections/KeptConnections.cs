using System.Data;
using System.Data.Common;
using WarmContext.Diagnostics;
using WarmContext.Shared.Connections;

namespace WarmContext.Connections;

/// <summary>The connections of a <see cref="WarmConnection{T}"/>: opens them, proves them, keeps the idle ones and closes those that are no good.</summary>
internal sealed class KeptConnections<T>(string name, Func<CancellationToken, ValueTask<T>> open, WarmConnectionOptions<T> options, LeasePolicy policy)
    where T : DbConnection
{
    private readonly Stack<KeptConnection<T>> _idle = new();
    private int _generation;

    /// <summary>True once a connection was opened.</summary>
    public bool EverOpened { get; private set; }

    public KeptConnection<T>? TryTakeIdle()
    {
        lock (_idle)
        {
            return _idle.TryPop(out var kept) ? kept : null;
        }
    }

    /// <summary>Takes a connection back, if it may be leased again.</summary>
    public void Return(KeptConnection<T> kept, bool keep)
    {
        kept.LastUse = policy.LastUse(kept.LeasedAt);
        var isOpen = keep && kept.Connection.State == ConnectionState.Open;
        lock (_idle)
        {
            // Within the lock, or one that is condemned just now would stay.
            if (isOpen && kept.Generation == _generation)
            {
                _idle.Push(kept);
                return;
            }
        }

        Close(kept.Connection);
    }

    /// <summary>Closes the idle ones, and condemns the others to be closed when they come back.</summary>
    public void CondemnAll()
    {
        lock (_idle)
        {
            _generation++;
        }

        while (TryTakeIdle() is { } kept)
        {
            Close(kept.Connection);
        }
    }

    /// <summary>Asks a connection whether it is alive, if that is due.</summary>
    /// <returns>
    /// True if it may be handed out; otherwise it has been closed, or will be. Where the caller gave up before there was an answer, neither: then there is a task
    /// that ends when that is settled, and until then the connection keeps its place.
    /// </returns>
    public async ValueTask<(bool IsUsable, Task? Settling)> ProveAsync(KeptConnection<T> kept, CancellationToken cancellationToken)
    {
        var check = kept.Generation != Volatile.Read(ref _generation) ? LeaseCheck.Replace : policy.Check(kept.LastUse);
        if (check == LeaseCheck.Replace)
        {
            Replaced(kept, ConnectionMetrics.ReasonIdle, null);
            return (false, null);
        }

        var resets = options.Reset is not null && kept.WasLeased;
        if (check == LeaseCheck.None && !resets)
        {
            return (true, null);
        }

        ConnectionMetrics.Probed(name);
        var asking = AskAsync(kept.Connection, resets);
        var outcome = await ProbeRace.RunAsync(asking, policy.ProbeTimeout, policy.Clock.TimeProvider, cancellationToken).ConfigureAwait(false);
        return outcome == ProbeOutcome.Cancelled ? (false, SettleAsync(kept, asking)) : (IsAlive(kept, outcome, asking), null);
    }

    public async ValueTask<KeptConnection<T>> OpenAsync(CancellationToken cancellationToken)
    {
        var generation = Volatile.Read(ref _generation);
        var creating = open(cancellationToken).AsTask();
        T connection;
        try
        {
            // Whoever provides connections may not heed the token.
            connection = await creating.WaitAsync(cancellationToken).ConfigureAwait(false)
                ?? throw new InvalidOperationException($"{name}: the function that creates connections returned null; it must return a connection.");
        }
        catch (OperationCanceledException)
        {
            _ = DisposeOnceEndedAsync(creating, creating);
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
                var disposing = DisposeOnceEndedAsync(opening, creating);
                if (opening.IsCompleted)
                {
                    await disposing.ConfigureAwait(false);
                }

                throw;
            }
        }

        EverOpened = true;
        ConnectionMetrics.Opened(name);
        return new KeptConnection<T>(connection, policy.Clock.Read(), generation);
    }

    /// <summary>Closes a connection that nobody will get, as soon as nothing is done with it any more.</summary>
    private async Task DisposeOnceEndedAsync(Task ending, Task<T> creating)
    {
        await ending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (creating.IsCompletedSuccessfully && creating.Result is { } connection)
        {
            Close(connection);
        }
    }

    private async Task AskAsync(T connection, bool resets)
    {
        // A provider that works synchronously would hold up the race itself.
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

    // It may be fine, so it is kept if it answers; but a silent one must not keep its place for as long as the provider's own timeout is.
    private async Task SettleAsync(KeptConnection<T> kept, Task asking)
    {
        var outcome = await ProbeRace.RunAsync(asking, policy.ProbeTimeout, policy.Clock.TimeProvider, CancellationToken.None).ConfigureAwait(false);
        if (IsAlive(kept, outcome, asking))
        {
            kept.LeasedAt = kept.LastUse;
            Return(kept, true);
        }
    }

    private bool IsAlive(KeptConnection<T> kept, ProbeOutcome outcome, Task asking)
    {
        if (outcome == ProbeOutcome.Alive)
        {
            kept.LastUse = policy.Clock.Read();
            return true;
        }

        if (outcome == ProbeOutcome.Silent)
        {
            // What one of them doesn't answer, the others in this environment won't either.
            CondemnAll();
        }

        Replaced(kept, outcome == ProbeOutcome.Dead ? ConnectionMetrics.ReasonDead : ConnectionMetrics.ReasonSilent, asking);
        return false;
    }

    private void Replaced(KeptConnection<T> kept, string reason, Task? asking)
    {
        ConnectionMetrics.Replaced(name, reason);
        if (asking is null || asking.IsCompleted)
        {
            Close(kept.Connection);
        }
        else
        {
            // In use until the probe ends, which the provider sees to.
            _ = asking.ContinueWith(
                (asking, _) =>
                {
                    _ = asking.Exception;
                    Close(kept.Connection);
                },
                null, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
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
