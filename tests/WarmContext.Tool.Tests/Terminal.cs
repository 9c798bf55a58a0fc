using System.Diagnostics;

namespace WarmContext.Tool;

/// <summary>Runs the tool on a terminal, which script(1) plays.</summary>
internal static class Terminal
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    /// <summary>Everything that the terminal was sent.</summary>
    public static async Task<string> RunAsync(IEnumerable<string> arguments)
    {
        var command = string.Join(
            ' ',
            arguments.Prepend(Path.Combine(AppContext.BaseDirectory, "WarmContext.Tool.dll"))
                .Prepend("dotnet")
                .Select(static argument => $"'{argument}'"));
        var start = new ProcessStartInfo("script")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            ArgumentList = { "-qec", command, "/dev/null" },
        };
        start.Environment["TERM"] = "xterm-256color";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        using var patience = new CancellationTokenSource(s_patience);
        await process.WaitForExitAsync(patience.Token);
        var seen = await output;
        Assert.True(process.ExitCode == 0, $"Exit code {process.ExitCode}; the terminal was sent:\n{seen}");
        return seen;
    }
}
