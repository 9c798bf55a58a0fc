namespace WarmContext.Testing.Isolation;

/// <summary>Stops processes where they are, and lets them go on.</summary>
internal interface IFreezer
{
    /// <summary>Tells them to stop; they have a moment later.</summary>
    void Freeze();

    /// <summary>Lets them go on.</summary>
    void Thaw();

    /// <summary>True when they all have stopped.</summary>
    bool IsFrozen { get; }
}
