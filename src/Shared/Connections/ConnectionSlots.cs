namespace WarmContext.Shared.Connections;

/// <summary>The bound on the connections that are leased at once: one slot each.</summary>
internal sealed class ConnectionSlots(int count)
{
    /// <summary>How many there are.</summary>
    public int Count => count;

    // Never disposed: nobody asks it for its wait handle, all that there is to dispose.
    private SemaphoreSlim Free { get; } = new(count, count);

    /// <summary>Takes a slot if one is free. Allocates nothing.</summary>
    public bool TryTake(out ConnectionSlot slot)
    {
        var isTaken = Free.Wait(0, CancellationToken.None);
        slot = isTaken ? new ConnectionSlot(this) : default;
        return isTaken;
    }

    /// <summary>Waits for a slot, blocking.</summary>
    public ConnectionSlot Take(CancellationToken cancellationToken)
    {
        Free.Wait(cancellationToken);
        return new ConnectionSlot(this);
    }

    /// <summary>Waits for a slot.</summary>
    public async ValueTask<ConnectionSlot> TakeAsync(CancellationToken cancellationToken)
    {
        await Free.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new ConnectionSlot(this);
    }

    /// <summary>Frees a slot that was <see cref="ConnectionSlot.HandOver">handed over</see>.</summary>
    public void Release() => Free.Release();
}
