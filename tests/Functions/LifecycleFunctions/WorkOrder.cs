namespace LifecycleFunctions;

/// <summary>What background work an event orders.</summary>
/// <param name="Kind">
/// "yielding" heeds its token, "stubborn" doesn't, "blocking" blocks its thread, "gated" begins when the caller has said that it has the
/// answer, "answered" when it has been accepted (executables only), "mixed" is each of them in turn, with a task that adds another and one
/// that fails.
/// </param>
/// <param name="Milliseconds">How long each task takes.</param>
/// <param name="Tasks">How many tasks.</param>
/// <param name="Throws">Whether the handler throws once it has started them.</param>
/// <param name="HandlerMilliseconds">How long the handler takes itself, whatever its deadline.</param>
/// <param name="Invocations">How many invocations must have begun before the handler ends.</param>
public sealed record WorkOrder(
    string Kind, int Milliseconds, int Tasks = 1, bool Throws = false, int HandlerMilliseconds = 0, int Invocations = 0);
