namespace WarmContext.Npgsql;

/// <summary>What becomes of a session's state (settings, temporary tables, advisory locks, listened channels) when its connection is returned.</summary>
public enum WarmSessionState
{
    /// <summary>It is discarded before the connection's next use, sent along with the next command at no round trip of its own.</summary>
    Reset = 0,

    /// <summary>It is kept: the next lease, of another invocation too, sees it. Saves the server some 30 µs per lease.</summary>
    Keep,
}
