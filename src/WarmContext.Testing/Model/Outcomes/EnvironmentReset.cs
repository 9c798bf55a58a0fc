namespace WarmContext.Testing;

/// <summary>A process of an environment that ended before its time. The next invocation starts another; the ephemeral storage stays.</summary>
/// <param name="Error">Why.</param>
/// <param name="RequestId">The invocation that was under way; null in Init and between invocations.</param>
/// <param name="AfterResponse">True when that invocation had been answered already, so its caller noticed nothing.</param>
public sealed record EnvironmentReset(FunctionError Error, string? RequestId, bool AfterResponse);
