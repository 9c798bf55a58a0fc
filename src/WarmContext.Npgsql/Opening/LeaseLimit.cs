using WarmContext.Shared.Connections;

namespace WarmContext.Npgsql.Opening;

/// <summary>The end of the time that one lease may take, and its caller's own cancellation, as one token.</summary>
internal sealed class LeaseLimit : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly CancellationTokenRegistration _registration;
    private readonly CancellationToken _caller;

    public LeaseLimit(LeasePolicy policy, CancellationToken caller)
    {
        _caller = caller;
        Budget = policy.Budget();
        Started = policy.Clock.Read();
        _source = new CancellationTokenSource(Budget, policy.Clock.TimeProvider);
        _registration = caller.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
    }

    public TimeSpan Budget { get; }

    public ClockReading Started { get; }

    public CancellationToken Token => _source.Token;

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
        var slot = slots.Take(Token);
        IsWaitingForSlot = false;
        return slot;
    }

    public void Dispose()
    {
        _registration.Dispose();
        _source.Dispose();
    }
}
