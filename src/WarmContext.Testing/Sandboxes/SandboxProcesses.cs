using WarmContext.Testing.Extensions;
using WarmContext.Testing.Functions;
using WarmContext.Testing.Processes;

namespace WarmContext.Testing.Sandboxes;

/// <summary>The processes of a sandbox: the runtime's, and one for every external extension. Guarded by the sandbox's lock.</summary>
/// <param name="settings">What to start.</param>
/// <param name="runtimeApi">Where the sandbox's Runtime API is.</param>
/// <param name="onExit">Told when a process has ended, and the extension it was. Not under the lock.</param>
internal sealed class SandboxProcesses(SandboxSettings settings, string runtimeApi, Action<Extension?, ProcessExit> onExit)
{
    private readonly List<FunctionProcess> _all = [];
    private readonly List<(Extension Extension, FunctionProcess Process)> _extensions = [];
    private readonly List<Task> _watching = [];

    /// <summary>The runtime's process; null until it is started.</summary>
    public FunctionProcess? Runtime { get; private set; }

    /// <summary>True when every process that runs has stopped.</summary>
    public bool AreStopped => _all.TrueForAll(static process => process.Exited.IsCompleted || ProcessTable.IsStopped(process.Id));

    /// <summary>Completes when every process that was started has ended and that has been told.</summary>
    public Task AllExited => Task.WhenAll(_watching);

    public void StartExtension(FunctionCommand command, Extension extension)
    {
        var variables = LambdaVariables.ForExtension(settings.Options, runtimeApi, settings.TemporaryDirectory);
        _extensions.Add((extension, Start(command, variables, extension)));
    }

    public void StartRuntime() => Runtime = Start(
        settings.Command, LambdaVariables.For(settings.Options, runtimeApi, settings.TemporaryDirectory, settings.LogStream), null);

    public void Freeze() => _all.ForEach(static process => process.Freeze());

    public void Thaw() => _all.ForEach(static process => process.Thaw());

    public void Kill() => _all.ForEach(static process => process.Kill());

    /// <summary>The processes of the extensions that a condition holds for.</summary>
    public IEnumerable<FunctionProcess> ExtensionsWhere(Func<Extension, bool> condition) => _extensions.Where(pair => condition(pair.Extension)).Select(static pair => pair.Process);

    private FunctionProcess Start(FunctionCommand command, Dictionary<string, string> variables, Extension? extension)
    {
        var process = FunctionProcess.Start(command, variables, settings.Log.FilePath);
        _all.Add(process);
        _watching.Add(WatchAsync(process, extension));
        return process;
    }

    private async Task WatchAsync(FunctionProcess process, Extension? extension)
    {
        // Away from the caller's lock, even when the process has ended already.
        var exit = await process.Exited.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        onExit(extension, exit);
    }
}
