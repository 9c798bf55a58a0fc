namespace WarmContext.Testing;

/// <summary>How processes are stopped between invocations.</summary>
public enum FreezeMechanism
{
    /// <summary>The first of the following that this machine permits.</summary>
    Best = 0,

    /// <summary>
    /// The freezer of control groups, version 2. It stops everything that the function has started, and the function can't notice.
    /// </summary>
    CgroupV2,

    /// <summary>The freezer of control groups, version 1.</summary>
    CgroupV1,

    /// <summary>
    /// SIGSTOP to the process groups. A child that leaves its group, by setsid or a double fork, runs on. A parent process could notice.
    /// </summary>
    Signals,
}
