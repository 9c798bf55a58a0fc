namespace WarmContext.Testing.Isolation.Preload;

/// <summary>What happened to a socket. The numbers are those of the preloaded library.</summary>
internal enum SocketEventKind
{
    None = 0,

    /// <summary>A connection was asked for.</summary>
    Opened = 1,

    /// <summary>It was closed by the function.</summary>
    Closed = 2,

    /// <summary>Sending or receiving failed because the connection had ended.</summary>
    UsedDead = 3,
}
