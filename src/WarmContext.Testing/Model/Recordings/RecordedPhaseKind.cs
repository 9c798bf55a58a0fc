namespace WarmContext.Testing;

/// <summary>What an execution environment was doing.</summary>
public enum RecordedPhaseKind
{
    /// <summary>A process starts: external extensions, the runtime, the function's own initialization.</summary>
    Init = 0,

    /// <summary>From the delivery of an event until the runtime and every extension have asked for the next.</summary>
    Invoke,

    /// <summary>The processes are stopped.</summary>
    Freeze,

    /// <summary>The processes run again and the event isn't delivered yet.</summary>
    Thaw,

    /// <summary>
    /// SnapStart: from when the snapshot was taken, which a freeze stands for. The before-snapshot hooks are a part of Init.
    /// </summary>
    Snapshot,

    /// <summary>SnapStart: from the restore until the function is ready for its first invocation.</summary>
    Restore,

    /// <summary>The environment ends: SIGTERM, the Shutdown event, and the time that they are allowed.</summary>
    Shutdown,
}
