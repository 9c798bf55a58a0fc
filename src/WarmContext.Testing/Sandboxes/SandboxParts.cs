using WarmContext.Testing.Extensions;
using WarmContext.Testing.Recordings;

namespace WarmContext.Testing.Sandboxes;

/// <summary>What a sandbox consists of. All of it is used under the sandbox's lock.</summary>
/// <param name="Processes">Its processes.</param>
/// <param name="Extensions">Its extensions.</param>
/// <param name="Recorder">What happens is written down there.</param>
/// <param name="Invocations">Its invocations.</param>
/// <param name="Freeze">Freezes and thaws.</param>
/// <param name="Shutdown">Its Shutdown phase.</param>
internal sealed record SandboxParts(
    SandboxProcesses Processes,
    ExtensionRegistry Extensions,
    SandboxRecorder Recorder,
    SandboxInvocations Invocations,
    FreezeControl Freeze,
    Shutdown Shutdown);
