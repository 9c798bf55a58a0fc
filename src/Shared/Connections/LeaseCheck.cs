namespace WarmContext.Shared.Connections;

/// <summary>What a connection needs before it may be handed out.</summary>
internal enum LeaseCheck
{
    /// <summary>Nothing: it was used within the last moment.</summary>
    None = 0,

    /// <summary>An answer: it has been idle.</summary>
    Probe,

    /// <summary>Nothing can help it: it has been idle for so long that the network may have forgotten it.</summary>
    Replace,
}
