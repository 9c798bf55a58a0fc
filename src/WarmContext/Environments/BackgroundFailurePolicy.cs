namespace WarmContext;

/// <summary>What a background task that failed, was cancelled or abandoned does to its invocation.</summary>
public enum BackgroundFailurePolicy
{
    /// <summary>It is logged by name; the invocation's result stands.</summary>
    Log = 0,

    /// <summary>The invocation fails with a <see cref="BackgroundTaskException"/> once all its tasks have ended, unless the handler failed itself.</summary>
    FailInvocation,
}
