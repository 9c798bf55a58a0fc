namespace WarmContext.Tool.Running;

/// <summary>What can be made to go wrong.</summary>
internal enum FaultKind
{
    /// <summary>The frozen process is killed before the invocation, which gets another. The ephemeral storage stays.</summary>
    Reset = 0,

    /// <summary>The process is killed while it runs the invocation.</summary>
    Kill,

    /// <summary>The process is stopped while it runs the invocation, until the timeout ends it.</summary>
    Timeout,

    /// <summary>The process is killed before the invocation, and the next one in its Init.</summary>
    InitCrash,

    /// <summary>The environment is shut down before the invocation, which gets a new one with an empty ephemeral storage.</summary>
    Replace,
}
