namespace WarmContext.Testing;

/// <summary>An invocation failed that was not allowed to. The message has the error and the last lines that the function wrote.</summary>
public sealed class FunctionInvocationException : Exception
{
    internal FunctionInvocationException(InvocationOutcome outcome)
        : base($"Invocation {outcome.RequestId} failed. {outcome.Error}{LogExcerpt.Of(outcome.Log)}") => Outcome = outcome;

    /// <summary>The invocation's outcome.</summary>
    public InvocationOutcome Outcome { get; }
}
