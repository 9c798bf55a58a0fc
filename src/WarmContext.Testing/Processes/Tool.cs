using System.Diagnostics;

namespace WarmContext.Testing.Processes;

/// <summary>Runs small programs of the system to their end.</summary>
internal static class Tool
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    // Not everybody's PATH has the directories for administration.
    private static readonly string[] s_directories = ["/usr/local/bin", "/usr/bin", "/bin", "/usr/local/sbin", "/usr/sbin", "/sbin"];

    /// <summary>Where a program is; null when it isn't installed.</summary>
    public static string? Find(string name) => s_directories.Select(directory => Path.Combine(directory, name)).FirstOrDefault(File.Exists);

    /// <summary>Runs a program.</summary>
    /// <returns>Null, or why it failed.</returns>
    public static string? TryRun(string name, params string[] arguments)
    {
        if (Find(name) is not { } program)
        {
            return $"{name} isn't installed";
        }

        try
        {
            var start = new ProcessStartInfo(program)
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
                RedirectStandardInput = true,
                UseShellExecute = false,
            };
            foreach (var argument in arguments)
            {
                start.ArgumentList.Add(argument);
            }

            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync();
            var error = process.StandardError.ReadToEndAsync();
            if (!process.WaitForExit(s_limit))
            {
                process.Kill(entireProcessTree: true);
                return $"{name} took longer than {s_limit.TotalSeconds:0} s";
            }

            Task.WaitAll(output, error);
            return process.ExitCode == 0
                ? null
                : FormattableString.Invariant($"{name} failed with status {process.ExitCode}: {error.Result.Trim()}");
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            return $"{name} can't be started: {exception.Message}";
        }
    }
}
