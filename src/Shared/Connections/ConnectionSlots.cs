namespace WarmContext.Shared.Connections;

/// <summary>The maximum number of connections that are leased at once, one slot each.</summary>
internal sealed class ConnectionSlots(int count)
{
    /// <summary>How many slots there are.</summary>
    public int Count => count;

    // Never disposed: nobody asks for its wait handle, and there is nothing else to dispose.
    private SemaphoreSlim Free { get; } = new(count, count);

    /// <summary>Takes a slot if one is free. Allocates nothing.</summary>
    public bool TryTake(out Slot slot)
    {
        var isTaken = Free.Wait(0, CancellationToken.None);
        slot = isTaken ? new Slot(this) : default;
        return isTaken;
    }

    /// <summary>Waits for a slot, blocking.</summary>
    public Slot Take(CancellationToken cancellationToken)
    {
        Free.Wait(cancellationToken);
        return new Slot(this);
    }

    /// <summary>Waits for a slot, blocking, by the machine's own clock, which needs no thread of the pool.</summary>
    public bool TryTake(TimeSpan limit, out Slot slot)
    {
        var isTaken = Free.Wait(limit, CancellationToken.None);
        slot = isTaken ? new Slot(this) : default;
        return isTaken;
    }

    /// <summary>Waits for a slot.</summary>
    public async ValueTask<Slot> TakeAsync(CancellationToken cancellationToken)
    {
        await Free.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new Slot(this);
    }

    /// <summary>Frees a slot that was <see cref="Slot.HandOver">handed over</see>.</summary>
    public void Release() => Free.Release();

    /// <summary>
    /// A slot that was taken, or none (the default). Its holder disposes it in a <c>finally</c>: that frees it once, or not at all where it
    /// was moved or handed over before.
    /// </summary>
    /// <remarks>
    /// Implementation note: a structure, because a lease that does no I/O may allocate nothing. Never copy it: pass it by reference, or
    /// <see cref="Move"/> it. Not safe to use from several threads at once; it has one holder.
    /// </remarks>
    internal struct Slot(ConnectionSlots slots) : IDisposable
    {
        private ConnectionSlots? _slots = slots;

        public readonly bool IsHeld => _slots is not null;

        /// <summary>Gives the slot to another holder; this one holds none any more.</summary>
        public Slot Move()
        {
            var moved = this;
            _slots = null;
            return moved;
        }

        /// <summary>Leaves it to somebody else to call <see cref="Release"/>.</summary>
        public void HandOver() => _slots = null;

        /// <summary>Frees the slot, if it is held.</summary>
        public void Dispose()
        {
            var slots = _slots;
            _slots = null;
            slots?.Release();
        }
    }
}
