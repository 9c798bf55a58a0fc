namespace WarmContext.Shared.Connections;

/// <summary>How the race of a probe ended.</summary>
internal enum ProbeOutcome
{
    /// <summary>It answered.</summary>
    Alive = 0,

    /// <summary>It failed: the connection is closed or broken.</summary>
    Dead,

    /// <summary>It didn't answer in time; the connection is half-open, or the server hangs.</summary>
    Silent,

    /// <summary>The caller didn't wait for it.</summary>
    Cancelled,

    /// <summary>It answered, but the server is not one to write to.</summary>
    ReadOnly,
}
