using WarmContext.Testing.Functions;
using WarmContext.Testing.Isolation;
using WarmContext.Testing.Processes;
using WarmContext.Testing.Recordings;

namespace WarmContext.Testing.Sandboxes;

/// <summary>What all sandboxes of an environment share.</summary>
/// <param name="Options">The options, validated.</param>
/// <param name="Command">What to start as the runtime.</param>
/// <param name="Extensions">What to start as external extensions.</param>
/// <param name="TemporaryDirectory">The ephemeral storage.</param>
/// <param name="Log">What the function writes.</param>
/// <param name="LogStream">The log stream's name.</param>
/// <param name="Recorder">What happens is written down there.</param>
/// <param name="Resources">What holds the processes.</param>
internal sealed record SandboxSettings(
    LocalFunctionOptions Options,
    FunctionCommand Command,
    IReadOnlyList<FunctionCommand> Extensions,
    string TemporaryDirectory,
    FunctionLog Log,
    string LogStream,
    Recorder Recorder,
    SandboxResources Resources);
