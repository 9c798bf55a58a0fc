using System.Diagnostics;

namespace WarmContext.Testing.Processes;

/// <summary>A process of an environment, leader of its own session and process group, so that it can be stopped and killed with all its children.</summary>
internal sealed class FunctionProcess
{
    // Waits for a word before it starts the program: by then the guardian knows the group, so there is no moment in which it could be orphaned.
    private const string Script = """read -r go || exit 125; log=$1; shift; exec "$@" >>"$log" 2>&1 </dev/null""";

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

    public static FunctionProcess Start(FunctionCommand command, IReadOnlyDictionary<string, string> variables, string logFile)
    {
        var start = new ProcessStartInfo("setsid") { RedirectStandardInput = true, UseShellExecute = false, WorkingDirectory = command.WorkingDirectory };
        foreach (var argument in (string[])["/bin/sh", "-c", Script, "warmcontext-function", logFile, command.Program, .. command.Arguments])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Clear();
        foreach (var variable in variables)
        {
            start.Environment[variable.Key] = variable.Value;
        }

        var process = Process.Start(start)!;
        ProcessGuardian.Current.Add(process.Id);
        try
        {
            process.StandardInput.WriteLine("go");
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It died already; its exit says why.
        }

        return new FunctionProcess(process);
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
