using System.Diagnostics;
using System.Globalization;

namespace OrderDemo;

/// <summary>Builds the comparison and both forms of the order function, in Release, and says what it is at.</summary>
internal static class ComparisonBuild
{
    private const string Built = " -> ";

    /// <returns>True when it succeeded; otherwise its output has been printed.</returns>
    public static async Task<bool> RunAsync(string dotnet, string directory)
    {
        Console.WriteLine("Building the demo and both forms of the order function (on a new clone this takes a minute or two):");
        var watch = Stopwatch.StartNew();
        string[] arguments = ["build", directory, "-c", "Release", "-v", "minimal", "-nologo", "-tl:off", "-clp:NoSummary"];
        using Process build = Process.Start(new ProcessStartInfo(dotnet, arguments) { RedirectStandardOutput = true })!;
        List<string> output = [];
        while (await build.StandardOutput.ReadLineAsync() is { } line)
        {
            output.Add(line);
            if (Step(line) is { } step)
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{watch.Elapsed.TotalSeconds,5:0.0} s  {step}"));
            }
        }

        await build.WaitForExitAsync();
        if (build.ExitCode != 0)
        {
            await Console.Error.WriteLineAsync(string.Join(Environment.NewLine, output));
        }

        return build.ExitCode == 0;
    }

    /// <summary>What a line of MSBuild's says to somebody who waits; null for nothing.</summary>
    private static string? Step(string line) =>
        line.Contains("Determining projects to restore", StringComparison.Ordinal) ? "restoring packages"
        : line.IndexOf(Built, StringComparison.Ordinal) is var end and > 0 ? "built " + line[..end].Trim()
        : null;
}
