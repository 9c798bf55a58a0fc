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

    /// <summary>
    /// The trace that the invocation belongs to: X-Ray's <c>Root=…;Parent=…;Sampled=1</c>, or a W3C <c>traceparent</c>. The invocation's
    /// span continues it where it is sampled and no other span is current. Anything else is passed over.
    /// </summary>
    /// <value>Default: null.</value>
    public string? TraceParent { get; init; }

    /// <summary>True for a run of the handler in Init that has no event behind it.</summary>
    /// <value>Default: false.</value>
    /// <seealso cref="Invocation.IsPriming"/>
    public bool IsPriming { get; init; }
}
