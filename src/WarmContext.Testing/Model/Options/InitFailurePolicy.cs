namespace WarmContext.Testing;

/// <summary>What a failed Init does.</summary>
public enum InitFailurePolicy
{
    /// <summary>
    /// <see cref="LocalExecutionEnvironment.StartAsync"/> throws a <see cref="FunctionInitException"/>: what most tests want.
    /// </summary>
    Throw = 0,

    /// <summary>
    /// As on Lambda: the environment starts, Init is run again in the first invocation, within its timeout, and if it fails again the
    /// invocation fails.
    /// </summary>
    RetryInInvocation,
}
