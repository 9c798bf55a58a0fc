namespace WarmContext.Benchmarks.Turns;

/// <summary>One way of doing a thing, to be compared with others.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="RunAsync">What is measured.</param>
public sealed record Contender(string Name, Func<Task> RunAsync);
