namespace WarmContext.Shared.Connections;

/// <summary>
/// A slot that was taken from <see cref="ConnectionSlots"/>, or none (the default). Whoever holds it disposes it in a <c>finally</c>: it is freed once, and not
/// at all where it was moved or handed over before.
/// </summary>
/// <remarks>
/// Implementation note: a structure, because a lease that does no I/O may allocate nothing. Never copy it: pass it by reference, or <see cref="Move"/> it.
/// Not safe to use from several threads at once; it has one holder.
/// </remarks>
internal struct ConnectionSlot(ConnectionSlots slots) : IDisposable
{
    private ConnectionSlots? _slots = slots;

    public readonly bool IsHeld => _slots is not null;

    /// <summary>Gives the slot to another holder; this one holds none any more.</summary>
    public ConnectionSlot Move()
    {
        var moved = this;
        _slots = null;
        return moved;
    }

    /// <summary>Leaves it to somebody else to call <see cref="ConnectionSlots.Release"/>.</summary>
    public void HandOver() => _slots = null;

    /// <summary>Frees the slot, if it is held.</summary>
    public void Dispose()
    {
        var slots = _slots;
        _slots = null;
        slots?.Release();
    }
}
