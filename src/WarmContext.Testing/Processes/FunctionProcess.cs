using System.Diagnostics;

namespace WarmContext.Testing.Processes;

/// <summary>
/// A process of an environment, leader of its own session and process group, so that it can be stopped and killed with all its children.
/// </summary>
internal sealed class FunctionProcess
{
    // Says when everything is prepared, and waits for a word before it starts the program: by then the guardian knows the group, so there
    // is no moment in which it could be orphaned.
    // The current directory is entered again, since until then it is the one that the function's /tmp covers.
    private const string Script = """
        log=$1; tmp=$2; mount=$3; preload=$4; shift 4
        while [ "$1" != -- ]; do "$mount" -o "$1" "$2" "$3" 2>>"$log" || exit 125; shift 3; done
        shift
        if [ -n "$tmp" ]; then { "$mount" --rbind "$tmp" /tmp && cd "$PWD" && unset OLDPWD; } 2>>"$log" || exit 125; fi
        if [ -n "$preload" ]; then export LD_PRELOAD="$preload${LD_PRELOAD:+:$LD_PRELOAD}"; fi
        echo prepared
        read -r go || exit 125
        exec "$@" >>"$log" 2>&1 </dev/null
        """;

    private readonly Process _process;

    private FunctionProcess(Process process)
    {
        _process = process;
        Id = process.Id;
        Exited = WaitAsync();
    }

    /// <summary>The id of the process, and of its group.</summary>
    public int Id { get; }

    public Task<ProcessExit> Exited { get; }

    /// <summary>Makes a process and everything around it, and leaves it waiting for <see cref="Go"/>.</summary>
    /// <param name="command">What to start.</param>
    /// <param name="variables">Its environment variables, and no others.</param>
    /// <param name="logFile">Where its standard output and standard error go.</param>
    /// <param name="surroundings">What else it gets.</param>
    /// <param name="beforeItRuns">Told its id before the program starts.</param>
    public static FunctionProcess Prepare(
        FunctionCommand command,
        IReadOnlyDictionary<string, string> variables,
        string logFile,
        ProcessSurroundings surroundings,
        Action<int> beforeItRuns)
    {
        var start = new ProcessStartInfo("setsid")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
            WorkingDirectory = command.WorkingDirectory,
        };
        foreach (var argument in (string[])
            [
                .. surroundings.Tmp is null ? (string[])[] : [Tool.Find("unshare")!, "--mount", "--propagation", "private"],
                "/bin/sh", "-c", Script, "warmcontext-function",
                logFile, surroundings.Tmp?.Storage ?? string.Empty, Tool.Find("mount") ?? "mount", surroundings.Preload ?? string.Empty,
                .. Mounts(surroundings.Tmp), "--", command.Program, .. command.Arguments,
            ])
        {
            start.ArgumentList.Add(argument);
        }

        surroundings.Tmp?.CreateMountPoints();
        start.Environment.Clear();
        foreach (var variable in variables)
        {
            start.Environment[variable.Key] = variable.Value;
        }

        var process = Process.Start(start)!;
        ProcessGuardian.Current.Add(process.Id);
        beforeItRuns(process.Id);

        // Or null, when it died; its exit says why.
        process.StandardOutput.ReadLine();
        return new FunctionProcess(process);
    }

    /// <summary>Starts the program in it.</summary>
    public void Go()
    {
        try
        {
            _process.StandardInput.WriteLine("go");
            _process.StandardInput.Close();
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // It died already; its exit says why.
        }
    }

    public void Freeze() => Signals.StopGroup(Id);

    public void Thaw() => Signals.ContinueGroup(Id);

    /// <summary>Asks the process, and only it, to end.</summary>
    public void Terminate() => Signals.TerminateProcess(Id);

    /// <summary>Kills the process and its group, stopped or not.</summary>
    public void Kill()
    {
        Signals.KillGroup(Id);
        if (!Exited.IsCompleted)
        {
            // In its first instant it may not lead a group yet.
            Signals.KillProcess(Id);
        }
    }

    // What of the machine's /tmp is in its own: options, directory and mount point of each.
    private static IEnumerable<string> Mounts(PrivateTmp? tmp) => tmp is null
        ? []
        : tmp.Shared.SelectMany(directory =>
            (string[])[directory.IsReadOnly ? "rbind,ro" : "rbind", directory.Path, tmp.MountPoint(directory)]);

    private async Task<ProcessExit> WaitAsync()
    {
        await _process.WaitForExitAsync().ConfigureAwait(false);
        var exit = new ProcessExit(_process.ExitCode);

        // Children that it leaves behind go with it.
        Signals.KillGroup(Id);
        ProcessGuardian.Current.Remove(Id);
        _process.Dispose();
        return exit;
    }
}
