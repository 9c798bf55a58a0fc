namespace WarmContext.Testing;

/// <summary>What the audit looks for.</summary>
public enum FindingKind
{
    /// <summary>Connections to the same remote address are opened again in later invocations.</summary>
    ConnectionsReopened = 0,

    /// <summary>
    /// CPU or network was used after the response. It is a warning where nothing held the freeze back until the work was done, else
    /// information.
    /// </summary>
    WorkAfterResponse,

    /// <summary>Threads were still running when the process was frozen.</summary>
    RunningAtFreeze,

    /// <summary>Work of an earlier invocation went on after the thaw.</summary>
    WorkResumed,

    /// <summary>A connection had ended during the freeze and was used all the same.</summary>
    DeadConnectionUsed,

    /// <summary>The same number of bytes is downloaded again from the same remote address.</summary>
    DownloadedAgain,

    /// <summary>The ephemeral storage holds more after every invocation.</summary>
    TemporaryStorageGrows,

    /// <summary>The memory grows from invocation to invocation.</summary>
    MemoryGrows,

    /// <summary>The first invocation does what Init could have done.</summary>
    FirstInvocationSlow,

    /// <summary>Init's share of what the first caller waits for.</summary>
    InitShare,

    /// <summary>What weighs in the deployment package.</summary>
    PackageWeight,

    /// <summary>The process ended before its time: a timeout, a crash, too much memory.</summary>
    EnvironmentReset,
}
