using System.Diagnostics;
using Npgsql;
using WarmContext.Npgsql.Opening;
using WarmContext.Shared.Connections;
using WarmContext.Shared.Diagnostics;

namespace WarmContext.Npgsql.Pooling;

/// <summary>
/// As <see cref="ConnectionLeaser"/>, for callers that block. They may be so many that no thread of the pool is left, so nothing here waits
/// for one: connections are opened by the calling thread, and probes run on threads of their own.
/// </summary>
internal sealed class BlockingLeaser(
    ConnectionLeaser leaser, BlockingOpener opener, PooledConnectionTracker tracker, LeasePolicy policy)
{
    /// <summary>Leases a connection that takes part in no transaction.</summary>
    public NpgsqlConnection Lease()
    {
        if (!opener.FitsInto(policy.Budget()) || !tracker.Slots.TryTake(out var slot))
        {
            return LeaseSlowly(default, null);
        }

        try
        {
            NpgsqlConnection? connection;
            try
            {
                connection = opener.OpenHere();
            }
            catch (Exception exception) when (exception is not ObjectDisposedException)
            {
                // Tried again, and put into words.
                return LeaseSlowly(slot.Move(), null);
            }

            if (tracker.Find(connection) is { } physical && !tracker.IsInvalidated(physical)
                && leaser.Check(connection, physical) == LeaseCheck.None)
            {
                tracker.Leased(connection, physical, ref slot);
                if (ConnectionMetrics.WaitEnabled)
                {
                    ConnectionMetrics.Waited(tracker.Name, TimeSpan.Zero);
                }

                return connection;
            }

            return LeaseSlowly(slot.Move(), connection);
        }
        finally
        {
            slot.Dispose();
        }
    }

    private NpgsqlConnection LeaseSlowly(ConnectionSlots.Slot slot, NpgsqlConnection? opened)
    {
        using var span = GuardedSpan.Start("warmcontext.connection.lease", ActivityKind.Client);
        span.Activity?.SetTag("warmcontext.connection.pool", tracker.Name);
        using var limit = new LeaseLimit(policy, CancellationToken.None);
        try
        {
            if (!slot.IsHeld)
            {
                slot = limit.TakeSlot(tracker.Slots);
            }

            while (true)
            {
                var connection = opened ?? opener.Open(limit);
                opened = null;
                if (IsUsable(connection, limit, ref slot))
                {
                    tracker.Leased(connection, tracker.FindOrAdd(connection), ref slot);
                    ConnectionMetrics.Waited(tracker.Name, policy.Clock.ElapsedSince(limit.Started));
                    return connection;
                }
            }
        }
        catch (Exception exception)
        {
            var described = leaser.Describe(exception, limit, CancellationToken.None);
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

    /// <summary>Validates an open connection. One that must not be used has been closed, or will be.</summary>
    private bool IsUsable(NpgsqlConnection connection, LeaseLimit limit, ref ConnectionSlots.Slot slot)
    {
        var physical = tracker.FindOrAdd(connection);
        var check = leaser.Check(connection, physical);
        var isInvalidated = tracker.IsInvalidated(physical);
        if (check == LeaseCheck.Replace && !isInvalidated)
        {
            leaser.ReportReplaced(ConnectionMetrics.ReasonIdle);
        }

        if (check == LeaseCheck.Replace || isInvalidated)
        {
            tracker.Invalidate(physical);
            connection.Dispose();
            return false;
        }

        if (check == LeaseCheck.None)
        {
            return true;
        }

        var outcome = leaser.Probe(connection, physical, limit.Left, out var probing);
        switch (outcome)
        {
            case ProbeOutcome.Alive:
                return true;
            case ProbeOutcome.Cancelled:
                leaser.Settle(probing, connection, physical, slot.Move());
                limit.Expire();
                throw new OperationCanceledException(limit.Token);
            case ProbeOutcome.TimedOut:
                ConnectionLeaser.CloseWhenProbeEnds(probing, connection);
                return false;
            default:
                connection.Dispose();
                return false;
        }
    }
}
