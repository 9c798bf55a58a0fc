namespace WarmContext.Shared.Connections;

/// <summary>How a probe ended.</summary>
internal enum ProbeOutcome
{
    /// <summary>The server answered.</summary>
    Alive = 0,

    /// <summary>The probe failed: the connection is closed or broken.</summary>
    Dead,

    /// <summary>No answer came in time: the connection is half-open, or the server hangs.</summary>
    TimedOut,

    /// <summary>The caller stopped waiting.</summary>
    Cancelled,

    /// <summary>The server answered, and it takes no writes.</summary>
    ReadOnly,
}
