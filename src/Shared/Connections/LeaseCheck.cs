namespace WarmContext.Shared.Connections;

/// <summary>What a connection needs before it is leased.</summary>
internal enum LeaseCheck
{
    /// <summary>Nothing: it answered a moment ago.</summary>
    None = 0,

    /// <summary>A probe: it has been idle.</summary>
    Probe,

    /// <summary>A replacement: it has been idle for so long that the network may have dropped it.</summary>
    Replace,
}
