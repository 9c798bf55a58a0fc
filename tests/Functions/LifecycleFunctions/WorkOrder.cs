namespace LifecycleFunctions;

/// <summary>What background work an event orders.</summary>
/// <param name="Kind">"yielding" heeds its token, "stubborn" doesn't, "blocking" blocks its thread.</param>
/// <param name="Milliseconds">How long each task takes.</param>
/// <param name="Tasks">How many tasks.</param>
/// <param name="Throws">Whether the handler throws once it has started them.</param>
public sealed record WorkOrder(string Kind, int Milliseconds, int Tasks = 1, bool Throws = false);
