using WarmContext.Shared.Connections;

namespace WarmContext.Npgsql.Opening;

/// <summary>The end of the time that one lease may take, and its caller's own cancellation, as one token.</summary>
internal sealed class LeaseLimit : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly CancellationTokenRegistration _registration;
    private readonly CancellationToken _caller;
    private readonly EnvironmentClock _clock;

    public LeaseLimit(LeasePolicy policy, CancellationToken caller)
    {
        _caller = caller;
        _clock = policy.Clock;
        Budget = policy.Budget();
        Started = policy.Clock.Read();
        _source = new CancellationTokenSource(Budget, policy.Clock.TimeProvider);
        _registration = caller.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
    }

    public TimeSpan Budget { get; }

    public ClockReading Started { get; }

    public CancellationToken Token => _source.Token;

    /// <summary>The time that is left, never negative. The token's own timer needs a thread of the pool; this doesn't.</summary>
    public TimeSpan Left
    {
        get
        {
            var left = Budget - _clock.ElapsedSince(Started);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>True when time ran out, and it was not the caller who cancelled.</summary>
    public bool IsOver => _source.IsCancellationRequested && !_caller.IsCancellationRequested;

    /// <summary>
    /// True while the lease waits for a slot. If time runs out then, the other leases are the reason, and not the server.
    /// </summary>
    public bool IsWaitingForSlot { get; private set; }

    /// <summary>The last failure to open, which is named when time runs out while it is tried again.</summary>
    public Exception? LastFailure { get; set; }

    /// <summary>Waits for a slot.</summary>
    public async ValueTask<ConnectionSlots.Slot> TakeSlotAsync(ConnectionSlots slots)
    {
        IsWaitingForSlot = true;
        var slot = await slots.TakeAsync(Token).ConfigureAwait(false);
        IsWaitingForSlot = false;
        return slot;
    }

    /// <summary>As <see cref="TakeSlotAsync"/>, blocking.</summary>
    public ConnectionSlots.Slot TakeSlot(ConnectionSlots slots)
    {
        IsWaitingForSlot = true;
        ConnectionSlots.Slot slot;
        if (_clock.TimeProvider != TimeProvider.System)
        {
            slot = slots.Take(Token);
        }
        else if (!slots.TryTake(Left, out slot))
        {
            Expire();
            throw new OperationCanceledException(Token);
        }

        IsWaitingForSlot = false;
        return slot;
    }

    /// <summary>The time is over, whether or not the token's timer has come to it.</summary>
    public void Expire() => _source.Cancel();

    /// <summary>Throws when the time is over.</summary>
    public void ThrowIfOver()
    {
        if (Left == TimeSpan.Zero)
        {
            Expire();
        }

        Token.ThrowIfCancellationRequested();
    }

    public void Dispose()
    {
        _registration.Dispose();
        _source.Dispose();
    }
}
