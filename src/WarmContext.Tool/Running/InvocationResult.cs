using WarmContext.Testing;

namespace WarmContext.Tool.Running;

/// <summary>What came of an invocation.</summary>
/// <param name="Number">Which one, from 1, in the order they were begun.</param>
/// <param name="Event">The event's name.</param>
/// <param name="Environment">The environment that it ran in, from 0.</param>
/// <param name="Outcome">What the function did.</param>
/// <param name="Fault">What was made to go wrong.</param>
internal sealed record InvocationResult(int Number, string Event, int Environment, InvocationOutcome Outcome, FaultKind? Fault);
