namespace WarmContext;

/// <summary>How an execution environment was initialized: the value of <c>AWS_LAMBDA_INITIALIZATION_TYPE</c>.</summary>
public enum InitializationType
{
    /// <summary>The process doesn't run on Lambda, or the variable is missing or has a value that this version doesn't know.</summary>
    Unknown = 0,

    /// <summary><c>on-demand</c>: Init ran because a request was waiting.</summary>
    OnDemand,

    /// <summary><c>provisioned-concurrency</c>: Init ran ahead of any request.</summary>
    ProvisionedConcurrency,

    /// <summary><c>snap-start</c>: the environment was restored from a snapshot that was taken after Init.</summary>
    SnapStart,

    /// <summary><c>lambda-managed-instances</c>: one process serves many invocations at once and is never frozen.</summary>
    ManagedInstances,
}
