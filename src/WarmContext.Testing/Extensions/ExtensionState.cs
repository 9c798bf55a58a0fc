namespace WarmContext.Testing.Extensions;

/// <summary>Where an extension stands. The names appear in the Extensions API's error bodies.</summary>
internal enum ExtensionState
{
    /// <summary>An external extension's process was started.</summary>
    Started,

    /// <summary>It has registered.</summary>
    Registered,

    /// <summary>It has asked for the next event and waits.</summary>
    Ready,

    /// <summary>It has an event.</summary>
    Running,

    /// <summary>It has reported that its initialization failed.</summary>
    InitError,

    /// <summary>It has reported that it is about to end.</summary>
    ExitError,

    /// <summary>Its process has ended.</summary>
    Exited,
}
