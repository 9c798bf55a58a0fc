using System.Diagnostics;

namespace WarmContext.Report.Running;

/// <summary>Runs a program to its end.</summary>
internal static class ChildProcess
{
    /// <returns>What it wrote to standard output.</returns>
    /// <exception cref="ReportException">It ended with another code than 0; the message has the end of what it wrote.</exception>
    public static async Task<string> RunAsync(
        string program, IEnumerable<string> arguments, string directory, Action<string>? onLine,
        CancellationToken cancellationToken, IReadOnlyDictionary<string, string>? variables = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DOTNET_NOLOGO"] = "1";

        // A build server would outlive the run, and the pipes with it.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        foreach (var (name, value) in variables ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        var lines = new List<string>();
        var errors = new List<string>();
        using var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, e) => Take(lines, e.Data, onLine);
        process.ErrorDataReceived += (_, e) => Take(errors, e.Data, null);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            throw;
        }

        return process.ExitCode == 0
            ? string.Join('\n', lines)
            : throw new ReportException(
                $"{program} {string.Join(' ', arguments)} ended with code {process.ExitCode}: "
                    + $"{string.Join('\n', lines.Concat(errors).TakeLast(25))}");
    }

    private static void Take(List<string> lines, string? line, Action<string>? onLine)
    {
        if (line is not null)
        {
            lock (lines)
            {
                lines.Add(line);
            }

            onLine?.Invoke(line);
        }
    }
}
