using System.Data;
using System.Diagnostics;
using Npgsql;
using WarmContext.Connections;

namespace WarmContext.Npgsql;

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

        if (!ledger.Slots.Wait(0, CancellationToken.None))
        {
            return LeaseSlowlyAsync(null, false, cancellationToken);
        }

        PendingOpen pending;
        try
        {
            pending = opener.Start();
        }
        catch
        {
            ledger.Slots.Release();
            throw;
        }

        if (pending.Opening.IsCompletedSuccessfully
            && ledger.Find(pending.Connection) is { } physical && policy.Check(physical.LastUse) == LeaseCheck.None && !probe.IsKnownReadOnly(pending.Connection))
        {
            opener.Recycle(pending.Source);
            ledger.Leased(pending.Connection, physical);
            if (ConnectionMetrics.WaitEnabled)
            {
                ConnectionMetrics.Waited(ledger.Name, TimeSpan.Zero);
            }

            return new ValueTask<NpgsqlConnection>(pending.Connection);
        }

        return LeaseSlowlyAsync(pending, true, cancellationToken);
    }

    /// <summary>Races the probe of an open connection. One that must not be used any more is condemned.</summary>
    /// <param name="connection">The connection; its object is the caller's to close, unless it is still in use by a probe that was given up on.</param>
    /// <param name="physical">What is behind it.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async ValueTask<(ProbeOutcome Outcome, Task Asking)> ProveAsync(NpgsqlConnection connection, PhysicalConnection physical, CancellationToken cancellationToken)
    {
        ConnectionMetrics.Probed(ledger.Name);
        var asking = probe.AskAsync(connection);
        var outcome = await ProbeRace.RunAsync(asking, policy.ProbeTimeout, policy.Clock.TimeProvider, cancellationToken).ConfigureAwait(false);
        if (outcome == ProbeOutcome.Alive && !await asking.ConfigureAwait(false))
        {
            outcome = ProbeOutcome.ReadOnly;
        }

        switch (outcome)
        {
            case ProbeOutcome.Alive:
                physical.LastUse = policy.Clock.Read();
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

        return (outcome, asking);
    }

    public void Replaced(string reason)
    {
        ConnectionMetrics.Replaced(ledger.Name, reason);
        Activity.Current?.AddEvent(new ActivityEvent("replaced", tags: new ActivityTagsCollection { { "reason", reason } }));
        WarmNpgsqlLog.ConnectionReplaced(ledger.Name, reason);
    }

    private async ValueTask<NpgsqlConnection> LeaseSlowlyAsync(PendingOpen? pending, bool hasSlot, CancellationToken cancellationToken)
    {
        using var activity = ConnectionMetrics.Source.StartActivity("warmcontext.connection.lease", ActivityKind.Client);
        activity?.SetTag("warmcontext.connection.pool", ledger.Name);
        using var limit = new LeaseLimit(policy, cancellationToken);
        try
        {
            if (!hasSlot)
            {
                await ledger.Slots.WaitAsync(limit.Token).ConfigureAwait(false);
                hasSlot = true;
            }

            while (true)
            {
                var connection = await opener.OpenAsync(pending, limit).ConfigureAwait(false);
                pending = null;
                var physical = ledger.FindOrNote(connection);
                var check = probe.IsKnownReadOnly(connection) ? LeaseCheck.Probe : policy.Check(physical.LastUse);
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
                        // The connection may be fine, and keeps its place until that is known.
                        hasSlot = false;
                        _ = SeeToItsEndAsync(asking, connection, physical, true);
                        limit.Token.ThrowIfCancellationRequested();
                    }

                    if (outcome == ProbeOutcome.Silent)
                    {
                        _ = SeeToItsEndAsync(asking, connection, physical, false);
                        continue;
                    }

                    if (outcome != ProbeOutcome.Alive)
                    {
                        await connection.DisposeAsync().ConfigureAwait(false);
                        continue;
                    }
                }

                ledger.Leased(connection, physical);
                hasSlot = false;
                ConnectionMetrics.Waited(ledger.Name, policy.Clock.ElapsedSince(limit.Started));
                return connection;
            }
        }
        catch (Exception exception)
        {
            if (hasSlot)
            {
                ledger.Slots.Release();
            }

            var described = Describe(exception, limit, hasSlot, cancellationToken);
            activity?.SetStatus(ActivityStatusCode.Error, described.Message);
            if (described == exception)
            {
                throw;
            }

            throw described;
        }
    }

    /// <summary>Puts a failure to lease into words.</summary>
    public Exception Describe(Exception exception, LeaseLimit limit, bool hadSlot, CancellationToken cancellationToken)
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
            : hadSlot ? $"No connection to {target}: it answers too slowly."
            : $"No connection to {target}: all {ledger.Bound} are leased. Dispose connections when done with them, or raise {nameof(WarmNpgsqlOptions)}.{nameof(WarmNpgsqlOptions.MaxConnections)}.";
        return new WarmNpgsqlException(
            $"{why} Gave up after {limit.Budget}, the time that the invocation had left less {nameof(WarmNpgsqlOptions.DeadlineMargin)}, or {nameof(WarmNpgsqlOptions.LeaseTimeout)}.", limit.LastFailure ?? new TimeoutException(), true);
    }

    private async Task SeeToItsEndAsync(Task asking, NpgsqlConnection connection, PhysicalConnection physical, bool releasesSlot)
    {
        var spare = SpareThread.Add();
        try
        {
            await asking.ConfigureAwait(false);
            physical.LastUse = policy.Clock.Read();
        }
        catch (Exception)
        {
            // It was given up on; how it ended is of no interest, only that it did.
        }
        finally
        {
            SpareThread.Remove(spare);
        }

        try
        {
            await connection.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception)
        {
            // Npgsql throws what broke the connection; it is closed all the same.
        }

        if (releasesSlot)
        {
            ledger.Slots.Release();
        }
    }
}
