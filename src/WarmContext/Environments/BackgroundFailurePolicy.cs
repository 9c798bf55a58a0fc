namespace WarmContext;

/// <summary>The effect on an invocation of a background task that failed, was cancelled or was abandoned.</summary>
public enum BackgroundFailurePolicy
{
    /// <summary>The task is logged by name. The invocation's result stands.</summary>
    Log = 0,

    /// <summary>
    /// The invocation fails with a <see cref="BackgroundTaskException"/> once all its tasks have ended. If the handler failed itself, its
    /// own exception stands.
    /// </summary>
    FailInvocation,
}
