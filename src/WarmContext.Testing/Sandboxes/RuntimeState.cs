namespace WarmContext.Testing.Sandboxes;

/// <summary>Where the runtime of a sandbox stands. The names appear in the Runtime API's error bodies.</summary>
internal enum RuntimeState
{
    /// <summary>Init runs.</summary>
    Started,

    /// <summary>Init failed; the runtime said so.</summary>
    InitError,

    /// <summary>SnapStart: it has asked for the restore, and the snapshot is taken.</summary>
    Snapshotted,

    /// <summary>SnapStart: it has been restored, and has not yet asked for its first invocation.</summary>
    Restoring,

    /// <summary>It has asked for the next invocation and waits.</summary>
    Ready,

    /// <summary>It has an invocation.</summary>
    Running,

    /// <summary>It has answered its invocation and not yet asked for the next.</summary>
    ResponseSent,

    /// <summary>It has ended, or was killed.</summary>
    Exited,
}
