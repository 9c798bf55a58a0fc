using WarmContext.Testing.Functions;
using WarmContext.Testing.Processes;

namespace WarmContext.Testing.Sandboxes;

/// <summary>What all sandboxes of an environment share.</summary>
/// <param name="Options">The options, validated.</param>
/// <param name="Command">What to start as the runtime.</param>
/// <param name="Extensions">What to start as external extensions.</param>
/// <param name="TemporaryDirectory">The ephemeral storage.</param>
/// <param name="Log">What the function writes.</param>
/// <param name="LogStream">The log stream's name.</param>
internal sealed record SandboxSettings(LocalFunctionOptions Options, FunctionCommand Command, IReadOnlyList<FunctionCommand> Extensions, string TemporaryDirectory, FunctionLog Log, string LogStream);
