using WarmContext.Testing.Model.Outcomes;

namespace WarmContext.Testing;

/// <summary>
/// An invocation failed that was not allowed to. The message has the error, the last lines that the function wrote, and which files named
/// in its configuration it couldn't see.
/// </summary>
public sealed class FunctionInvocationException : Exception
{
    internal FunctionInvocationException(InvocationOutcome outcome)
        : base($"Invocation {outcome.RequestId} failed. {outcome.Error}{LogExcerpt.Of(outcome.Log)}{LogExcerpt.Hints(outcome.Hints)}") => Outcome = outcome;

    /// <summary>The invocation's outcome.</summary>
    public InvocationOutcome Outcome { get; }
}
