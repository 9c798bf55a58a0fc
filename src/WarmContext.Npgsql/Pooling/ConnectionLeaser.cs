using System.Diagnostics;
using Npgsql;
using WarmContext.Npgsql.Diagnostics;
using WarmContext.Npgsql.Opening;
using WarmContext.Shared.Connections;
using WarmContext.Shared.Diagnostics;

namespace WarmContext.Npgsql.Pooling;

/// <summary>
/// Leases connections that are alive: without I/O if they answered a moment ago, probed if they were idle, replaced if they don't work.
/// </summary>
internal sealed class ConnectionLeaser(
    ConnectionOpener opener, PooledConnectionTracker tracker, LeasePolicy policy, ConnectionProbe probe, string target)
{
    /// <summary>Leases a connection that takes part in no transaction.</summary>
    public ValueTask<NpgsqlConnection> LeaseAsync(CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<NpgsqlConnection>(cancellationToken);
        }

        if (!tracker.Slots.TryTake(out var slot))
        {
            return LeaseSlowlyAsync(default, null, cancellationToken);
        }

        try
        {
            var pending = opener.Start();
            if (pending.Opening.IsCompletedSuccessfully
                && tracker.Find(pending.Connection) is { } physical && policy.Check(physical.LastAnswer) == LeaseCheck.None
                && !physical.IsUnverified && !tracker.IsInvalidated(physical) && !probe.IsKnownReadOnly(pending.Connection))
            {
                opener.Recycle(pending.Source);
                tracker.Leased(pending.Connection, physical, ref slot);
                if (ConnectionMetrics.WaitEnabled)
                {
                    ConnectionMetrics.Waited(tracker.Name, TimeSpan.Zero);
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

    /// <summary>Probes an open connection, and invalidates one that must not be used any more.</summary>
    /// <param name="connection">The connection. The caller closes its object, unless a probe that timed out still uses it.</param>
    /// <param name="physical">The physical connection behind it.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async ValueTask<(ProbeOutcome Outcome, Task<bool> Probing)> ProbeAsync(
        NpgsqlConnection connection, PhysicalConnection physical, CancellationToken cancellationToken)
    {
        ConnectionMetrics.Probed(tracker.Name);
        var probing = probe.RunAsync(connection);
        return (await WaitForProbeAsync(probing, physical, cancellationToken).ConfigureAwait(false), probing);
    }

    /// <summary>As <see cref="ProbeAsync"/>, blocking, and without any need of the thread pool.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="physical">The physical connection behind it.</param>
    /// <param name="left">How long the caller can wait.</param>
    /// <param name="probing">The probe, which may still run.</param>
    public ProbeOutcome Probe(NpgsqlConnection connection, PhysicalConnection physical, TimeSpan left, out Task<bool> probing)
    {
        ConnectionMetrics.Probed(tracker.Name);
        probing = OwnThread.Run(() => probe.Run(connection));
        var hasEnded = OwnThread.Wait(probing, left < policy.ProbeTimeout ? left : policy.ProbeTimeout);
        var outcome = probing.IsCompletedSuccessfully ? (probing.Result ? ProbeOutcome.Alive : ProbeOutcome.ReadOnly)
            : hasEnded ? ProbeOutcome.Dead
            : left < policy.ProbeTimeout ? ProbeOutcome.Cancelled
            : ProbeOutcome.TimedOut;
        Conclude(outcome, physical);
        return outcome;
    }

    /// <summary>The caller has given up: the connection is kept if it answers its probe, and closed if it doesn't.</summary>
    public void Settle(Task<bool> probing, NpgsqlConnection connection, PhysicalConnection physical, ConnectionSlots.Slot slot) =>
        _ = SettleAsync(probing, connection, physical, slot);

    /// <summary>Closes a connection as soon as its probe uses it no more.</summary>
    public static void CloseWhenProbeEnds(Task probing, NpgsqlConnection connection) => _ = CloseWhenProbeEndsAsync(probing, connection);

    public void ReportReplaced(string reason)
    {
        ConnectionMetrics.Replaced(tracker.Name, reason);
        Activity.Current?.AddEvent(new ActivityEvent("replaced", tags: new ActivityTagsCollection { { "reason", reason } }));
        WarmNpgsqlLog.ConnectionReplaced(tracker.Name, reason);
    }

    /// <summary>What an open connection needs before it is leased.</summary>
    public LeaseCheck Check(NpgsqlConnection connection, PhysicalConnection physical) =>
        physical.IsUnverified || probe.IsKnownReadOnly(connection) ? LeaseCheck.Probe
            : policy.Check(physical.LastAnswer, !physical.WasLeased);

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

        const string options = nameof(WarmNpgsqlOptions);
        var why = limit.LastFailure is { } failure ? OpenFailure.Describe(failure, target).Message
            : limit.IsWaitingForSlot ? $"No connection to {target}: all {tracker.Slots.Count} are leased. Dispose connections when done "
                + $"with them, or raise {options}.{nameof(WarmNpgsqlOptions.MaxConnections)}."
            : $"No connection to {target}: it answers too slowly, or not at all. {OpenFailure.CheckNetwork}";
        return new WarmNpgsqlException(
            $"{why} Gave up after {limit.Budget}, the time that the invocation had left less "
                + $"{options}.{nameof(WarmNpgsqlOptions.DeadlineMargin)}, or {options}.{nameof(WarmNpgsqlOptions.LeaseTimeout)}.",
            limit.LastFailure ?? new TimeoutException(), true);
    }

    private async ValueTask<NpgsqlConnection> LeaseSlowlyAsync(
        ConnectionSlots.Slot slot, ConnectionOpener.PendingOpen? pending, CancellationToken cancellationToken)
    {
        using var span = GuardedSpan.Start("warmcontext.connection.lease", ActivityKind.Client);
        span.Activity?.SetTag("warmcontext.connection.pool", tracker.Name);
        using var limit = new LeaseLimit(policy, cancellationToken);
        try
        {
            if (!slot.IsHeld)
            {
                slot = await limit.TakeSlotAsync(tracker.Slots).ConfigureAwait(false);
            }

            while (true)
            {
                var connection = await opener.OpenAsync(pending, limit).ConfigureAwait(false);
                pending = null;
                var physical = tracker.FindOrAdd(connection);
                if (tracker.IsInvalidated(physical))
                {
                    // It came back at the moment in which the pool was cleared, or Npgsql missed it.
                    tracker.Invalidate(physical);
                    await connection.DisposeAsync().ConfigureAwait(false);
                    continue;
                }

                var check = Check(connection, physical);
                if (check == LeaseCheck.Replace)
                {
                    ReportReplaced(ConnectionMetrics.ReasonIdle);
                    tracker.Invalidate(physical);
                    await connection.DisposeAsync().ConfigureAwait(false);
                    continue;
                }

                if (check == LeaseCheck.Probe)
                {
                    var (outcome, probing) = await ProbeAsync(connection, physical, limit.Token).ConfigureAwait(false);
                    if (outcome == ProbeOutcome.Cancelled)
                    {
                        Settle(probing, connection, physical, slot.Move());
                        limit.Token.ThrowIfCancellationRequested();
                    }

                    if (outcome == ProbeOutcome.TimedOut)
                    {
                        CloseWhenProbeEnds(probing, connection);
                        continue;
                    }

                    if (outcome != ProbeOutcome.Alive)
                    {
                        await connection.DisposeAsync().ConfigureAwait(false);
                        continue;
                    }
                }

                tracker.Leased(connection, physical, ref slot);
                ConnectionMetrics.Waited(tracker.Name, policy.Clock.ElapsedSince(limit.Started));
                return connection;
            }
        }
        catch (Exception exception)
        {
            var described = Describe(exception, limit, cancellationToken);
            span.Activity?.SetStatus(ActivityStatusCode.Error, described.Message);
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

    private async ValueTask<ProbeOutcome> WaitForProbeAsync(
        Task<bool> probing, PhysicalConnection physical, CancellationToken cancellationToken)
    {
        var outcome = await policy.WaitForProbeAsync(probing, cancellationToken).ConfigureAwait(false);
        if (outcome == ProbeOutcome.Alive && !await probing.ConfigureAwait(false))
        {
            outcome = ProbeOutcome.ReadOnly;
        }

        Conclude(outcome, physical);
        return outcome;
    }

    private void Conclude(ProbeOutcome outcome, PhysicalConnection physical)
    {
        switch (outcome)
        {
            case ProbeOutcome.Alive:
                physical.LastAnswer = policy.Clock.Read();
                physical.IsUnverified = false;
                break;
            case ProbeOutcome.Dead:
                ReportReplaced(ConnectionMetrics.ReasonDead);
                break;
            case ProbeOutcome.ReadOnly:
                ReportReplaced(ConnectionMetrics.ReasonReadOnly);
                tracker.Invalidate(physical);
                break;
            case ProbeOutcome.TimedOut:
                ReportReplaced(ConnectionMetrics.ReasonHalfOpen);
                tracker.Invalidate(physical);
                break;
            default:
                break;
        }
    }

    // The caller has given up, and the connection may be fine: it is kept if it answers. But a half-open one must not hold its slot for as
    // long as Npgsql takes to close it.
    private async Task SettleAsync(Task<bool> probing, NpgsqlConnection connection, PhysicalConnection physical, ConnectionSlots.Slot slot)
    {
        try
        {
            if (await WaitForProbeAsync(probing, physical, CancellationToken.None).ConfigureAwait(false) != ProbeOutcome.TimedOut)
            {
                await CloseAsync(connection).ConfigureAwait(false);
                return;
            }
        }
        finally
        {
            slot.Dispose();
        }

        await CloseWhenProbeEndsAsync(probing, connection).ConfigureAwait(false);
    }

    private static async Task CloseWhenProbeEndsAsync(Task probing, NpgsqlConnection connection)
    {
        var spare = SpareThread.Add();

        // How it ends doesn't matter.
        await probing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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
