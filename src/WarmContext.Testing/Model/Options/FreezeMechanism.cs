namespace WarmContext.Testing;

/// <summary>How processes are stopped between invocations.</summary>
public enum FreezeMechanism
{
    /// <summary>The first of the following that this machine permits.</summary>
    Best = 0,

    /// <summary>The freezer of control groups, version 2: everything that the function has started, and it can notice nothing.</summary>
    CgroupV2,

    /// <summary>The freezer of control groups, version 1.</summary>
    CgroupV1,

    /// <summary>
    /// SIGSTOP to the process groups. A child that has left its group, by setsid or a double fork, runs on; a parent process could notice.
    /// </summary>
    Signals,
}
