using System.Data;
using System.Data.Common;

namespace WarmContext.Connections;

/// <summary>The connections of a <see cref="WarmConnection{T}"/>: opens them, proves them, keeps the idle ones and closes those that are no good.</summary>
internal sealed class KeptConnections<T>(string name, Func<CancellationToken, ValueTask<T>> open, WarmConnectionOptions<T> options, LeasePolicy policy)
    where T : DbConnection
{
    private readonly Stack<KeptConnection<T>> _idle = new();
    private int _generation;

    public bool HasIdle
    {
        get
        {
            lock (_idle)
            {
                return _idle.Count > 0;
            }
        }
    }

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
        if (keep && kept.Connection.State == ConnectionState.Open && kept.Generation == Volatile.Read(ref _generation))
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
    }

    /// <summary>Closes the idle ones, and condemns the others to be closed when they come back.</summary>
    public void CondemnAll()
    {
        Interlocked.Increment(ref _generation);
        while (TryTakeIdle() is { } kept)
        {
            Close(kept);
        }
    }

    /// <summary>True if the connection may be handed out; otherwise it has been closed, or will be.</summary>
    public async ValueTask<bool> ProveAsync(KeptConnection<T> kept, CancellationToken cancellationToken)
    {
        var check = kept.Generation != Volatile.Read(ref _generation) ? LeaseCheck.Replace : policy.Check(kept.LastUse);
        if (check == LeaseCheck.Replace)
        {
            return Replaced(kept, ConnectionMetrics.ReasonIdle, null);
        }

        var resets = options.Reset is not null && kept.WasLeased;
        if (check == LeaseCheck.None && !resets)
        {
            return true;
        }

        ConnectionMetrics.Probed(name);
        var asking = AskAsync(kept.Connection, resets);
        var outcome = await ProbeRace.RunAsync(asking, policy.ProbeTimeout, policy.Clock.TimeProvider, cancellationToken).ConfigureAwait(false);
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
        cancellationToken.ThrowIfCancellationRequested();
        return false;
    }

    public async ValueTask<KeptConnection<T>> OpenAsync(CancellationToken cancellationToken)
    {
        var generation = Volatile.Read(ref _generation);
        var connection = await open(cancellationToken).ConfigureAwait(false)
            ?? throw new InvalidOperationException($"{name}: the function that creates connections returned null; it must return a connection.");
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

        ConnectionMetrics.Opened(name);
        return new KeptConnection<T>(connection, policy.Clock.Read(), generation);
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

    private bool Replaced(KeptConnection<T> kept, string reason, Task? asking)
    {
        ConnectionMetrics.Replaced(name, reason);
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

    private void Close(KeptConnection<T> kept)
    {
        try
        {
            kept.Connection.Dispose();
        }
        catch (Exception exception)
        {
            // It is dropped either way.
            WarmContextLog.DisposalFailed(name, exception);
        }
    }
}
