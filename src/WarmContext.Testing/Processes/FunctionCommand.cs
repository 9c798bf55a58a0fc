namespace WarmContext.Testing.Processes;

/// <summary>What to start for a function.</summary>
/// <param name="Program">The program's path.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="WorkingDirectory">Where it starts: the function's directory, as on Lambda.</param>
internal sealed record FunctionCommand(string Program, IReadOnlyList<string> Arguments, string WorkingDirectory);
