using System.Diagnostics;
using System.Globalization;

namespace WarmContext.Testing.Processes;

/// <summary>
/// Sees to it that no function outlives the process that tests it, not even when that is killed. A frozen process can notice nothing
/// itself, and a parent-death signal is tied to the parent's thread, so a small shell of its own session waits on a pipe from this process:
/// when the pipe closes, for whatever reason, it kills the process groups it was last told of and removes their files.
/// </summary>
internal sealed class ProcessGuardian
{
    // Each line holds all groups there are, so that nothing has to be taken out of a list in shell. It holds no output of ours open,
    // because test runners wait for that to close.
    private const string Script = """
        exec >/dev/null 2>&1
        trap '' HUP INT QUIT TERM
        groups=
        while read -r line; do groups=$line; done
        for each in $groups; do
          case $each in
            g*) [ -f "${each#g}/freezer.state" ] && echo THAWED > "${each#g}/freezer.state"
                while read -r one; do kill -s KILL "$one"; done < "${each#g}/cgroup.procs" ;;
            m*) ;;
            *) kill -s KILL -- "-$each" ;;
          esac
        done
        for each in $groups; do
          case $each in
            m*) umount --lazy "${each#m}" ;;
            g*) i=0; until rmdir "${each#g}" || [ $i -gt 50 ]; do i=$((i+1)); sleep 0.1; done ;;
          esac
        done
        rm -rf -- "$1"
        """;

    private static readonly Lazy<ProcessGuardian> s_current = new(static () => new ProcessGuardian());

    private readonly object _gate = new();
    private readonly HashSet<string> _entries = new(StringComparer.Ordinal);
    private Process _process;

    private ProcessGuardian()
    {
        Directory = CreateDirectory();
        _process = Start();
    }

    public static ProcessGuardian Current => s_current.Value;

    /// <summary>Where everything of this process's environments is kept. Removed when this process has ended.</summary>
    public string Directory { get; }

    public void Add(int group) => Update(entries => entries.Add(Entry(group)));

    public void Remove(int group) => Update(entries => entries.Remove(Entry(group)));

    /// <summary>Control groups, by their directories: everything in them is thawed and killed, and they are removed.</summary>
    public void AddGroups(IEnumerable<string> directories) =>
        Update(entries => entries.UnionWith(directories.Select(static directory => "g" + directory)));

    public void RemoveGroups(IEnumerable<string> directories) =>
        Update(entries => entries.ExceptWith(directories.Select(static directory => "g" + directory)));

    /// <summary>A mounted directory, which is unmounted.</summary>
    public void AddMount(string directory) => Update(entries => entries.Add("m" + directory));

    public void RemoveMount(string directory) => Update(entries => entries.Remove("m" + directory));

    private static string Entry(int group) => group.ToString(CultureInfo.InvariantCulture);

    /// <summary>
    /// Not below /tmp where that can be helped: a function with a /tmp of its own must see what is in here.
    /// </summary>
    private static string CreateDirectory()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"warmcontext-{Environment.ProcessId}-");
        if (Path.GetTempPath() == "/tmp/" && !OperatingSystem.IsWindows())
        {
            try
            {
                // Readable by this user alone.
                var directory = Path.Combine("/var/tmp", name + Path.GetRandomFileName());
                return System.IO.Directory.CreateDirectory(
                    directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // There is no /var/tmp for everybody here.
            }
        }

        return System.IO.Directory.CreateTempSubdirectory(name).FullName;
    }

    private void Update(Action<HashSet<string>> change)
    {
        lock (_gate)
        {
            change(_entries);
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
        _process.StandardInput.WriteLine(string.Join(' ', _entries));
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
