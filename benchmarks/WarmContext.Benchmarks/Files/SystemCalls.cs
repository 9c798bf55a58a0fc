using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace WarmContext.Benchmarks.Files;

/// <summary>
/// Which system calls does a hit make, beside opening and closing the file? Counted by strace (Debian's package of that name), not
/// estimated.
/// </summary>
internal static partial class SystemCalls
{
    /// <summary>What the traced process is started with.</summary>
    public const string TracedMode = "system-calls-traced";

    private const int Times = 200;
    private const int WarmUps = 3_000;
    private const string Mark = "/warmcontext-mark";

    /// <summary>Runs <see cref="RunTracedAsync"/> under strace, and prints the calls of each operation.</summary>
    public static async Task RunAsync()
    {
        var trace = Path.GetTempFileName();
        try
        {
            using var process = StartTraced(trace);
            await process.WaitForExitAsync();
            if (process.ExitCode != 0)
            {
                throw new InvalidOperationException($"The traced process ended with {process.ExitCode}.");
            }

            Print(await File.ReadAllLinesAsync(trace));
        }
        finally
        {
            File.Delete(trace);
        }
    }

    /// <summary>Each operation many times, between marks that show in the trace. Every one completes on the thread that calls it.</summary>
    public static async Task RunTracedAsync()
    {
        var hits = new HitBenchmarks();
        hits.Setup();
        await TraceAsync("`File.OpenHandle` and close", () =>
        {
            hits.OpenAndCloseFile();
            return ValueTask.CompletedTask;
        });
        await TraceAsync("`GetAsync`, a hit, and its lease given back", hits.LeaseHit);
        using (await hits.LeaseAsync())
        {
            await TraceAsync("the same while somebody else has a lease", hits.LeaseHit);
        }

        await TraceAsync("`GetOrLoadAsync`, a hit", async () => await hits.ParsedHit());
        hits.Cleanup();
    }

    private static Process StartTraced(string trace)
    {
        try
        {
            return Process.Start(
                "strace",
                ["-f", "-qq", "-s", "200", "-o", trace, Environment.ProcessPath!, typeof(SystemCalls).Assembly.Location, TracedMode]);
        }
        catch (Win32Exception exception)
        {
            throw new InvalidOperationException("strace can't be started; install the package strace.", exception);
        }
    }

    private static async Task TraceAsync(string name, Func<ValueTask> run)
    {
        for (var i = 0; i < WarmUps; i++)
        {
            await run();
        }

        File.Exists($"{Mark}/{name}");
        for (var i = 0; i < Times; i++)
        {
            await run();
        }

        File.Exists(Mark);
    }

    private static void Print(string[] lines)
    {
        Console.WriteLine("| Operation | System calls each | Which |");
        Console.WriteLine("|---|---:|---|");
        string? name = null;
        var thread = string.Empty;
        var calls = new List<string>();
        foreach (var line in lines)
        {
            if (Call().Match(line) is not { Success: true } call)
            {
                continue;
            }

            if (line.Contains(Mark, StringComparison.Ordinal))
            {
                if (MarkedName().Match(line) is { Success: true } begin)
                {
                    (name, thread, calls) = (begin.Groups[1].Value, call.Groups[1].Value, []);
                }
                else if (name is not null)
                {
                    // What the runtime does on the side, such as a safepoint's futex, isn't in every operation.
                    var usual = calls.GroupBy(static called => called).Where(static group => group.Count() >= Times).ToArray();
                    var each = string.Join(", ", usual.Select(static group => $"{group.Count() / Times} {group.Key}"));
                    Console.WriteLine(
                        string.Create(CultureInfo.InvariantCulture, $"| {name} | {calls.Count / (double)Times:0.00} | {each} |"));
                    name = null;
                }
            }
            else if (name is not null && call.Groups[1].Value == thread)
            {
                calls.Add(call.Groups[2].Value);
            }
        }
    }

    [GeneratedRegex(@"^(\d+) +(?:<\.\.\. )?(\w+)[( ](?!resumed)")]
    private static partial Regex Call();

    [GeneratedRegex(Mark + @"/([^""]+)""")]
    private static partial Regex MarkedName();
}
