using System.Diagnostics;
using WarmContext.Testing.Extensions;
using WarmContext.Testing.Functions;
using WarmContext.Testing.Isolation;
using WarmContext.Testing.Processes;

namespace WarmContext.Testing.Sandboxes;

/// <summary>The processes of a sandbox: the runtime's, and one for every external extension. Guarded by the sandbox's lock.</summary>
/// <param name="settings">What to start.</param>
/// <param name="runtimeApi">Where the sandbox's Runtime API is.</param>
/// <param name="onExit">Told when a process has ended, and the extension it was. Not under the lock.</param>
internal sealed class SandboxProcesses(SandboxSettings settings, string runtimeApi, Action<Extension?, ProcessExit> onExit)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private readonly List<FunctionProcess> _all = [];
    private readonly List<(Extension Extension, FunctionProcess Process)> _extensions = [];
    private readonly List<Task> _watching = [];
    private readonly Cgroup? _group = settings.Resources.CreateGroup();
    private IFreezer? _freezer;

    /// <summary>The runtime's process; null until it is prepared.</summary>
    public FunctionProcess? Runtime { get; private set; }

    /// <summary>True when the runtime's process runs its program, and doesn't wait for that any more.</summary>
    public bool HasStartedRuntime { get; private set; }

    /// <summary>True when every process that runs has stopped.</summary>
    public bool AreStopped => Freezer.IsFrozen;

    /// <summary>Completes when every process that was started has ended and that has been told.</summary>
    public Task AllExited => Task.WhenAll(_watching);

    private IFreezer Freezer => _freezer ??= _group is { HasFreezer: true } ? _group : new SignalFreezer(_all);

    public void StartExtension(FunctionCommand command, Extension extension)
    {
        var variables = LambdaVariables.ForExtension(settings.Options, runtimeApi, settings.TemporaryDirectory);
        var process = Prepare(command, variables, extension);
        _extensions.Add((extension, process));
        process.Go();
    }

    /// <summary>Makes everything that the runtime's process needs, which on Lambda is there before Init begins.</summary>
    public void PrepareRuntime() => Runtime = Prepare(
        settings.Command, LambdaVariables.For(settings.Options, runtimeApi, settings.TemporaryDirectory, settings.LogStream), null);

    public void StartRuntime()
    {
        HasStartedRuntime = true;
        Runtime!.Go();
    }

    /// <summary>The processes of the function itself, without those of extensions.</summary>
    public IReadOnlyList<int> OfFunction() => Runtime is { } runtime ? ProcessTable.InGroup(runtime.Id) : [];

    public void Freeze() => Freezer.Freeze();

    public void Thaw() => Freezer.Thaw();

    /// <summary>Init is over.</summary>
    public void LimitCpu() => settings.Resources.LimitCpu(_group);

    /// <summary>Kills everything, frozen or not.</summary>
    public void Kill()
    {
        _all.ForEach(static process => process.Kill());

        // Version 1 keeps a killed process frozen.
        _group?.Thaw();
    }

    /// <summary>When all have ended: clears away what they have left behind.</summary>
    public async Task ReleaseAsync()
    {
        if (_group is null)
        {
            return;
        }

        // Whatever has left its process group is still in here. The groups go a moment after the last process.
        _group.Kill(Signals.KillProcess);
        var begun = Stopwatch.GetTimestamp();
        while (!_group.TryRemove() && Stopwatch.GetElapsedTime(begun) < s_patience)
        {
            await Task.Delay(5).ConfigureAwait(false);
        }

        ProcessGuardian.Current.RemoveGroups(_group.Directories);
    }

    /// <summary>The processes of the extensions that a condition holds for.</summary>
    public IEnumerable<FunctionProcess> ExtensionsWhere(Func<Extension, bool> condition) =>
        _extensions.Where(pair => condition(pair.Extension)).Select(static pair => pair.Process);

    private FunctionProcess Prepare(FunctionCommand command, Dictionary<string, string> variables, Extension? extension)
    {
        var surroundings = new ProcessSurroundings(
            settings.Resources.Tmp,
            extension is null ? settings.Resources.PreloadPath : null);
        if (extension is null && settings.Resources.Preload is { } page)
        {
            variables["WARMCONTEXT_PRELOAD_PAGE"] = page.FilePath;
        }

        var process = FunctionProcess.Prepare(
            command, variables, settings.Log.FilePath, surroundings, id => BeforeItRuns(id, extension is null));
        _all.Add(process);
        _watching.Add(WatchAsync(process, extension));
        return process;
    }

    private void BeforeItRuns(int process, bool isRuntime)
    {
        _group?.Add(process);
        if (isRuntime)
        {
            settings.Resources.Preload?.Start(process, runtimeApi);
        }
    }

    private async Task WatchAsync(FunctionProcess process, Extension? extension)
    {
        // Away from the caller's lock, even when the process has ended already.
        var exit = await process.Exited.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        onExit(extension, exit);
    }
}
