namespace WarmContext;

/// <summary>What the runtime says of an invocation when it hands it over.</summary>
public sealed record InvocationInfo
{
    /// <summary>The request id that Lambda gave the invocation.</summary>
    public required string RequestId { get; init; }

    /// <summary>When the invocation times out (UTC); null where nothing limits it, as in unit tests. <value>Default: null.</value></summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>The ARN the function was invoked by. <value>Default: null.</value></summary>
    public string? InvokedFunctionArn { get; init; }

    /// <summary>True for a run of the handler in Init that nobody's event stands behind. <value>Default: false.</value></summary>
    /// <seealso cref="Invocation.IsPriming"/>
    public bool IsPriming { get; init; }
}
