using System.Diagnostics;

namespace WarmContext.LocalServices;

/// <summary>Runs PostgreSQL's programs (and PgBouncer) as an ordinary user: PostgreSQL refuses to run as root.</summary>
internal sealed class ClusterPrograms
{
    private readonly string _binDirectory;

    private ClusterPrograms(string binDirectory) => _binDirectory = binDirectory;

    private static bool IsRoot => Environment.UserName == "root";

    public static ClusterPrograms Find()
    {
        return Directories().FirstOrDefault(static bin => File.Exists(Path.Combine(bin, "initdb"))) is { } found
            ? new ClusterPrograms(found)
            : throw new LocalServiceException(
                "PostgreSQL's programs (initdb, pg_ctl) are not installed. Install them: eng/services install postgres.");
    }

    // Debian keeps PostgreSQL's out of the path, one directory per version.
    private static IEnumerable<string> Directories()
    {
        IEnumerable<string> versions = Directory.Exists("/usr/lib/postgresql")
            ? Directory.EnumerateDirectories("/usr/lib/postgresql")
                .OrderByDescending(static version => version, StringComparer.Ordinal)
                .Select(static version => Path.Combine(version, "bin"))
            : [];
        return versions.Concat(["/usr/sbin", "/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"]);
    }

    /// <summary>Gives a directory and what is in it to the user that the programs run as.</summary>
    public static void GiveAway(string directory)
    {
        if (IsRoot)
        {
            using var chown = Process.Start("chown", ["-R", "postgres:postgres", directory]);
            chown.WaitForExit();
        }
    }

    public (int ExitCode, string Output) Run(string program, params string[] arguments)
    {
        var start = Start(program, arguments);
        start.RedirectStandardError = true;
        start.RedirectStandardOutput = true;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        process.WaitForExit();

        // A server that pg_ctl starts inherits the pipes and never closes them, so their end is not waited for.
        Task.WaitAll([output, error], TimeSpan.FromMilliseconds(process.ExitCode == 0 ? 0 : 500));
        return (process.ExitCode, Text(output) + Text(error));
    }

    /// <summary>How to start a program as that user.</summary>
    public ProcessStartInfo Start(string program, params string[] arguments)
    {
        var path = Directories().Prepend(_binDirectory).Select(directory => Path.Combine(directory, program)).FirstOrDefault(File.Exists)
            ?? program;
        return IsRoot
            ? new ProcessStartInfo("setpriv", ["--reuid", "postgres", "--regid", "postgres", "--init-groups", "--", path, .. arguments])
            {
                WorkingDirectory = "/",
            }
            : new ProcessStartInfo(path, arguments) { WorkingDirectory = "/" };
    }

    private static string Text(Task<string> reading) => reading.IsCompletedSuccessfully ? reading.Result : string.Empty;
}
