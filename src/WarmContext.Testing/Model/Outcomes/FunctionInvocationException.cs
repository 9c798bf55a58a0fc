using WarmContext.Testing.Model.Outcomes;

namespace WarmContext.Testing;

/// <summary>
/// Thrown when an invocation failed and its success was asked for. The message has the error, the last lines that the function wrote, and
/// the files in its configuration that it couldn't see.
/// </summary>
public sealed class FunctionInvocationException : Exception
{
    internal FunctionInvocationException(InvocationOutcome outcome)
        : base($"Invocation {outcome.RequestId} failed. {outcome.Error}{LogExcerpt.Of(outcome.Log)}{LogExcerpt.Hints(outcome.Hints)}") =>
        Outcome = outcome;

    /// <summary>The invocation's outcome.</summary>
    public InvocationOutcome Outcome { get; }
}
