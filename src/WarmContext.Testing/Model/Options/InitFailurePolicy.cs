namespace WarmContext.Testing;

/// <summary>What a failed Init does.</summary>
public enum InitFailurePolicy
{
    /// <summary>
    /// <see cref="LocalExecutionEnvironment.StartAsync"/> throws a <see cref="FunctionInitException"/>. Most tests want this.
    /// </summary>
    Throw = 0,

    /// <summary>
    /// As on Lambda. The environment starts, and Init runs again in the first invocation, within its timeout. When it fails again, the
    /// invocation fails.
    /// </summary>
    RetryInInvocation,
}
