using System.Diagnostics;
using System.Globalization;

namespace WarmContext.Testing.Processes;

/// <summary>
/// Sees to it that no function outlives the process that tests it, not even when that is killed. A frozen process can notice nothing itself, and
/// a parent-death signal is tied to the parent's thread, so a small shell of its own session waits on a pipe from this process: when
/// the pipe closes, for whatever reason, it kills the process groups it was last told of and removes their files.
/// </summary>
internal sealed class ProcessGuardian
{
    // Each line holds all groups there are, so that nothing has to be taken out of a list in shell. It holds no output of ours open, because
    // test runners wait for that to close.
    private const string Script = """
        exec >/dev/null 2>&1
        trap '' HUP INT QUIT TERM
        groups=
        while read -r line; do groups=$line; done
        for group in $groups; do kill -s KILL -- "-$group"; done
        rm -rf -- "$1"
        """;

    private static readonly Lazy<ProcessGuardian> s_current = new(static () => new ProcessGuardian());

    private readonly object _gate = new();
    private readonly HashSet<int> _groups = [];
    private Process _process;

    private ProcessGuardian()
    {
        // Readable by this user alone.
        Directory = System.IO.Directory.CreateTempSubdirectory(string.Create(CultureInfo.InvariantCulture, $"warmcontext-{Environment.ProcessId}-")).FullName;
        _process = Start();
    }

    public static ProcessGuardian Current => s_current.Value;

    /// <summary>Where everything of this process's environments is kept. Removed when this process has ended.</summary>
    public string Directory { get; }

    public void Add(int group) => Update(() => _groups.Add(group));

    public void Remove(int group) => Update(() => _groups.Remove(group));

    private void Update(Action change)
    {
        lock (_gate)
        {
            change();
            try
            {
                Tell();
            }
            catch (IOException)
            {
                // Somebody killed the guardian.
                _process.Dispose();
                _process = Start();
                Tell();
            }
        }
    }

    private void Tell()
    {
        _process.StandardInput.WriteLine(string.Join(' ', _groups));
        _process.StandardInput.Flush();
    }

    private Process Start()
    {
        var start = new ProcessStartInfo("setsid") { RedirectStandardInput = true, UseShellExecute = false, WorkingDirectory = "/" };
        foreach (var argument in (string[])["/bin/sh", "-c", Script, "warmcontext-guardian", Directory])
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }
}
