using System.Diagnostics;
using WarmContext.LocalServices;

namespace WarmContext.Tool;

/// <summary>Chromium without a window: what a page becomes when a browser has run it.</summary>
internal static class Chromium
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    /// <summary>The document after its scripts have run.</summary>
    public static Task<string> DumpDomAsync(string page, params string[] arguments) =>
        RunAsync(["--dump-dom", .. arguments, "file://" + page]);

    /// <summary>A picture of it.</summary>
    public static async Task<byte[]> ScreenshotAsync(string page, string picture, params string[] arguments)
    {
        await RunAsync(["--screenshot=" + picture, .. arguments, "file://" + page]);
        return await File.ReadAllBytesAsync(picture);
    }

    private static async Task<string> RunAsync(IEnumerable<string> arguments)
    {
        await LocalPrograms.InstallAsync("chromium");
        using var profile = new TemporaryDirectory();
        var start = new ProcessStartInfo("chromium") { RedirectStandardOutput = true, RedirectStandardError = true };

        // Its sandbox can't be had as root, and in many containers.
        foreach (var argument in (string[])
        [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
            "--user-data-dir=" + profile["profile"], "--virtual-time-budget=3000", .. arguments
        ])
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        try
        {
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEndAsync();
            using var patience = new CancellationTokenSource(s_patience);
            await process.WaitForExitAsync(patience.Token);
            Assert.True(process.ExitCode == 0, await error);
            return await output;
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
