using System.Data;
using System.Diagnostics;
using Npgsql;
using WarmContext.Npgsql.Diagnostics;
using WarmContext.Npgsql.Opening;
using WarmContext.Shared.Connections;

namespace WarmContext.Npgsql.Pooling;

/// <summary>Hands out connections that are alive: at once when they were used a moment ago, probed when they were idle, replaced when they are past help.</summary>
internal sealed class LeaseDesk(ConnectionOpener opener, PoolLedger ledger, LeasePolicy policy, ConnectionProbe probe, string target)
{
    /// <summary>Leases a connection that takes part in no transaction.</summary>
    public ValueTask<NpgsqlConnection> LeaseAsync(CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<NpgsqlConnection>(cancellationToken);
        }

        if (!ledger.Slots.TryTake(out var slot))
        {
            return LeaseSlowlyAsync(default, null, cancellationToken);
        }

        try
        {
            var pending = opener.Start();
            if (pending.Opening.IsCompletedSuccessfully
                && ledger.Find(pending.Connection) is { } physical && policy.Check(physical.LastUse) == LeaseCheck.None
                && !physical.IsStranger && !ledger.IsCondemned(physical) && !probe.IsKnownReadOnly(pending.Connection))
            {
                opener.Recycle(pending.Source);
                ledger.Leased(pending.Connection, physical, ref slot);
                if (ConnectionMetrics.WaitEnabled)
                {
                    ConnectionMetrics.Waited(ledger.Name, TimeSpan.Zero);
                }

                return new ValueTask<NpgsqlConnection>(pending.Connection);
            }

            return LeaseSlowlyAsync(slot.Move(), pending, cancellationToken);
        }
        finally
        {
            slot.Dispose();
        }
    }

    /// <summary>Races the probe of an open connection. One that must not be used any more is condemned.</summary>
    /// <param name="connection">The connection; its object is the caller's to close, unless it is still in use by a probe that was given up on.</param>
    /// <param name="physical">What is behind it.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async ValueTask<(ProbeOutcome Outcome, Task<bool> Asking)> ProveAsync(NpgsqlConnection connection, PhysicalConnection physical, CancellationToken cancellationToken)
    {
        ConnectionMetrics.Probed(ledger.Name);
        var asking = probe.AskAsync(connection);
        return (await JudgeAsync(asking, physical, cancellationToken).ConfigureAwait(false), asking);
    }

    private async ValueTask<ProbeOutcome> JudgeAsync(Task<bool> asking, PhysicalConnection physical, CancellationToken cancellationToken)
    {
        var outcome = await ProbeRace.RunAsync(asking, policy.ProbeTimeout, policy.Clock.TimeProvider, cancellationToken).ConfigureAwait(false);
        if (outcome == ProbeOutcome.Alive && !await asking.ConfigureAwait(false))
        {
            outcome = ProbeOutcome.ReadOnly;
        }

        switch (outcome)
        {
            case ProbeOutcome.Alive:
                physical.LastUse = policy.Clock.Read();
                physical.IsStranger = false;
                break;
            case ProbeOutcome.Dead:
                Replaced(ConnectionMetrics.ReasonDead);
                break;
            case ProbeOutcome.ReadOnly:
                Replaced(ConnectionMetrics.ReasonReadOnly);
                ledger.Condemn(physical);
                break;
            case ProbeOutcome.Silent:
                Replaced(ConnectionMetrics.ReasonSilent);
                ledger.Condemn(physical);
                break;
            default:
                break;
        }

        return outcome;
    }

    public void Replaced(string reason)
    {
        ConnectionMetrics.Replaced(ledger.Name, reason);
        Activity.Current?.AddEvent(new ActivityEvent("replaced", tags: new ActivityTagsCollection { { "reason", reason } }));
        WarmNpgsqlLog.ConnectionReplaced(ledger.Name, reason);
    }

    private async ValueTask<NpgsqlConnection> LeaseSlowlyAsync(ConnectionSlot slot, PendingOpen? pending, CancellationToken cancellationToken)
    {
        using var activity = WarmContextDiagnostics.ActivitySource.StartActivity("warmcontext.connection.lease", ActivityKind.Client);
        activity?.SetTag("warmcontext.connection.pool", ledger.Name);
        using var limit = new LeaseLimit(policy, cancellationToken);
        try
        {
            if (!slot.IsHeld)
            {
                slot = await limit.TakeSlotAsync(ledger.Slots).ConfigureAwait(false);
            }

            while (true)
            {
                var connection = await opener.OpenAsync(pending, limit).ConfigureAwait(false);
                pending = null;
                var physical = ledger.FindOrNote(connection);
                if (ledger.IsCondemned(physical))
                {
                    // It was on its way back when the pool was cleared, or Npgsql missed it.
                    ledger.Condemn(physical);
                    await connection.DisposeAsync().ConfigureAwait(false);
                    continue;
                }

                var check = Check(connection, physical);
                if (check == LeaseCheck.Replace)
                {
                    Replaced(ConnectionMetrics.ReasonIdle);
                    ledger.Condemn(physical);
                    await connection.DisposeAsync().ConfigureAwait(false);
                    continue;
                }

                if (check == LeaseCheck.Probe)
                {
                    var (outcome, asking) = await ProveAsync(connection, physical, limit.Token).ConfigureAwait(false);
                    if (outcome == ProbeOutcome.Cancelled)
                    {
                        _ = SettleAsync(asking, connection, physical, slot.Move());
                        limit.Token.ThrowIfCancellationRequested();
                    }

                    if (outcome == ProbeOutcome.Silent)
                    {
                        _ = SeeToItsEndAsync(asking, connection);
                        continue;
                    }

                    if (outcome != ProbeOutcome.Alive)
                    {
                        await connection.DisposeAsync().ConfigureAwait(false);
                        continue;
                    }
                }

                ledger.Leased(connection, physical, ref slot);
                ConnectionMetrics.Waited(ledger.Name, policy.Clock.ElapsedSince(limit.Started));
                return connection;
            }
        }
        catch (Exception exception)
        {
            var described = Describe(exception, limit, cancellationToken);
            activity?.SetStatus(ActivityStatusCode.Error, described.Message);
            if (described == exception)
            {
                throw;
            }

            throw described;
        }
        finally
        {
            slot.Dispose();
        }
    }

    /// <summary>Puts a failure to lease into words.</summary>
    public Exception Describe(Exception exception, LeaseLimit limit, CancellationToken cancellationToken)
    {
        if (exception is not OperationCanceledException)
        {
            return exception is ObjectDisposedException ? exception : OpenFailure.Describe(exception, target);
        }

        if (!limit.IsOver)
        {
            return new OperationCanceledException($"Leasing a connection to {target} was cancelled.", exception, cancellationToken);
        }

        var why = limit.LastFailure is { } failure ? OpenFailure.Describe(failure, target).Message
            : limit.IsWaitingForSlot ? $"No connection to {target}: all {ledger.Slots.Count} are leased. Dispose connections when done with them, or raise {nameof(WarmNpgsqlOptions)}.{nameof(WarmNpgsqlOptions.MaxConnections)}."
            : $"No connection to {target}: it answers too slowly, or not at all. {OpenFailure.CheckNetwork}";
        return new WarmNpgsqlException(
            $"{why} Gave up after {limit.Budget}, the time that the invocation had left less {nameof(WarmNpgsqlOptions.DeadlineMargin)}, or {nameof(WarmNpgsqlOptions.LeaseTimeout)}.", limit.LastFailure ?? new TimeoutException(), true);
    }

    /// <summary>What an open connection needs before it may be handed out.</summary>
    public LeaseCheck Check(NpgsqlConnection connection, PhysicalConnection physical) =>
        physical.IsStranger || probe.IsKnownReadOnly(connection) ? LeaseCheck.Probe : policy.Check(physical.LastUse, !physical.WasLeased);

    // The caller has given up, and the connection may be fine: it is kept if it answers. But a silent one must not keep its place for as long as
    // Npgsql takes to see to its end.
    private async Task SettleAsync(Task<bool> asking, NpgsqlConnection connection, PhysicalConnection physical, ConnectionSlot slot)
    {
        try
        {
            if (await JudgeAsync(asking, physical, CancellationToken.None).ConfigureAwait(false) != ProbeOutcome.Silent)
            {
                await CloseAsync(connection).ConfigureAwait(false);
                return;
            }
        }
        finally
        {
            slot.Dispose();
        }

        await SeeToItsEndAsync(asking, connection).ConfigureAwait(false);
    }

    private static async Task SeeToItsEndAsync(Task asking, NpgsqlConnection connection)
    {
        var spare = SpareThread.Add();

        // It was given up on; how it ends is of no interest, only that it does.
        await asking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        SpareThread.Remove(spare);
        await CloseAsync(connection).ConfigureAwait(false);
    }

    private static async Task CloseAsync(NpgsqlConnection connection)
    {
        try
        {
            await connection.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception)
        {
            // Npgsql throws what broke the connection; it is closed all the same.
        }
    }
}
