using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace WarmContext.Testing.Processes;

/// <summary>Reads /proc.</summary>
internal static partial class ProcessTable
{
    /// <summary>True when every thread of the process has stopped.</summary>
    public static bool IsStopped(int process) => StateOf(process) is 'T' or 't';

    /// <summary>True when the process has ended, whether or not its parent has noticed.</summary>
    public static bool HasEnded(int process) => StateOf(process) is null or 'Z' or 'X';

    /// <summary>The processes whose environment, as it was when they started, has an entry.</summary>
    /// <param name="entry">The entry, NAME=value.</param>
    public static List<int> WithEnvironment(string entry)
    {
        var found = new List<int>();
        var wanted = Encoding.UTF8.GetBytes(entry + "\0");
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var process)
                && HasEnvironment(directory, wanted))
            {
                found.Add(process);
            }
        }

        return found;
    }

    /// <summary>The processes of a group.</summary>
    public static List<int> InGroup(int group)
    {
        var found = new List<int>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var process)
                && GetProcessGroup(process) == group)
            {
                found.Add(process);
            }
        }

        return found;
    }

    private static char? StateOf(int process)
    {
        // pid (name) state ...; the name may hold anything, so look behind the last parenthesis.
        try
        {
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"));
            var end = stat.LastIndexOf(')');
            return end >= 0 && stat.Length > end + 2 ? stat[end + 2] : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static bool HasEnvironment(string directory, byte[] wanted)
    {
        try
        {
            return File.ReadAllBytes(directory + "/environ").AsSpan().IndexOf(wanted) >= 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Somebody else's process, or gone.
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "getpgid", SetLastError = true)]
    private static partial int GetProcessGroup(int process);
}
