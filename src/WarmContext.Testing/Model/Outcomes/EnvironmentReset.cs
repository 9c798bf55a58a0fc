namespace WarmContext.Testing;

/// <summary>
/// A process of an environment that ended before its time. The next invocation starts another; the ephemeral storage stays.
/// </summary>
public sealed class EnvironmentReset
{
    /// <summary>Why the process ended.</summary>
    public required FunctionError Error { get; init; }

    /// <summary>The invocation that was under way; null in Init and between invocations.</summary>
    public string? RequestId { get; init; }

    /// <summary>True when that invocation had been answered already, so that its caller noticed nothing.</summary>
    public bool AfterResponse { get; init; }
}
