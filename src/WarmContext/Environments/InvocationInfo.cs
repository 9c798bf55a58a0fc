namespace WarmContext;

/// <summary>What the runtime says of an invocation. Immutable.</summary>
public sealed class InvocationInfo
{
    /// <summary>The request id that Lambda gave the invocation.</summary>
    public required string RequestId { get; init; }

    /// <summary>The time at which the invocation times out (UTC); null where nothing limits it, as in unit tests.</summary>
    /// <value>Default: null.</value>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>The ARN that the function was invoked by.</summary>
    /// <value>Default: null.</value>
    public string? InvokedFunctionArn { get; init; }

    /// <summary>True for a run of the handler in Init that has no event behind it.</summary>
    /// <value>Default: false.</value>
    /// <seealso cref="Invocation.IsPriming"/>
    public bool IsPriming { get; init; }
}
