using System.Diagnostics;
using System.Globalization;
using WarmContext.LocalServices;
using WarmContext.Testing;

namespace WarmContext.Benchmarks.Environments;

/// <summary>The figures: starts in turns with plain starts, round trips, freezes and thaws.</summary>
internal static class EnvironmentMeasurements
{
    private const int Starts = 15;
    private const int RoundTrips = 3000;
    private const int Cycles = 1000;

    // A small program of its own: what benchmarks depend on would make its plain start longer.
    private static readonly string s_function = Path.Combine(
        RepositoryRoot.Find(), "benchmarks", "EchoFunction", "bin", "Release", "net10.0");

    public static async Task RunAsync(IReadOnlyCollection<string> what)
    {
        if (what.Count == 0 || what.Contains("starts"))
        {
            await ColdStartsAsync();
        }

        if (what.Count == 0 || what.Contains("round-trips"))
        {
            await AllRoundTripsAsync();
        }

        if (what.Count == 0 || what.Contains("freezes"))
        {
            foreach (var mechanism in Enum.GetValues<FreezeMechanism>())
            {
                await CyclesAsync(mechanism);
            }
        }
    }

    private static async Task AllRoundTripsAsync()
    {
        await RoundTripsAsync("round trip, not frozen, CPU not limited", options => options.FreezesBetweenInvocations = false);
        await RoundTripsAsync("round trip, CPU not limited", static _ => { });
        await RoundTripsAsync("round trip, by signals", static options => options.FreezeMechanism = FreezeMechanism.Signals);
        await RoundTripsAsync("round trip, audited", static options => options.Audit = true, times: 300);
    }

    private static LocalFunctionOptions Options() => new()
    {
        Handler = "EchoFunction::EchoFunction.PlainEcho::HandleAsync",
        AssemblyDirectory = s_function,
        MemoryMegabytes = 1769,
        ResourceLimits = ResourceLimits.Memory | ResourceLimits.EphemeralStorage,
    };

    private static async Task ColdStartsAsync()
    {
        var plain = new List<double>();
        var cold = new List<double>();
        var bare = new List<double>();
        var whole = new List<double>();
        for (var i = 0; i <= Starts; i++)
        {
            plain.Add(await PlainStartAsync());
            var begun = Stopwatch.GetTimestamp();
            await using (var lambda = await LocalExecutionEnvironment.StartAsync(Options()))
            {
                whole.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
                cold.Add(lambda.InitDuration!.Value.TotalMilliseconds);
            }

            var options = Options();
            options.ResourceLimits = ResourceLimits.None;
            options.FreezeMechanism = FreezeMechanism.Signals;
            await using var unlimited = await LocalExecutionEnvironment.StartAsync(options);
            bare.Add(unlimited.InitDuration!.Value.TotalMilliseconds);
            if (i == 0)
            {
                // The first reads everything from the disk.
                plain.Clear();
                cold.Clear();
                bare.Clear();
                whole.Clear();
            }
        }

        Report("plain dotnet start", plain, "ms");
        Report("cold start, Init to the first next", cold, "ms");
        Report("cold start, nothing limited", bare, "ms");
        Report("StartAsync as a whole, with what is prepared before Init", whole, "ms");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"cold start / plain start: median {Median(cold) / Median(plain):0.00}, best {cold.Min() / plain.Min():0.00}; "
                + $"nothing limited: median {Median(bare) / Median(plain):0.00}, best {bare.Min() / plain.Min():0.00}"));
    }

    private static async Task<double> PlainStartAsync()
    {
        var begun = Stopwatch.GetTimestamp();
        using var process = Process.Start(new ProcessStartInfo("dotnet")
        {
            ArgumentList = { "exec", Path.Combine(s_function, "EchoFunction.dll") },
            RedirectStandardOutput = true,
        })!;
        await process.StandardOutput.ReadLineAsync();
        var took = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
        await process.WaitForExitAsync();
        return took;
    }

    private static async Task RoundTripsAsync(string what, Action<LocalFunctionOptions> change, int times = RoundTrips)
    {
        var options = Options();
        change(options);
        await using var lambda = await LocalExecutionEnvironment.StartAsync(options);
        var taken = new List<double>();
        for (var i = 0; i < times + 200; i++)
        {
            var begun = Stopwatch.GetTimestamp();
            await lambda.InvokeAsync("""{"id":1}""");
            taken.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        }

        taken.RemoveRange(0, 200);
        Report(what, taken, "ms");
    }

    private static async Task CyclesAsync(FreezeMechanism mechanism)
    {
        var options = Options();
        options.FreezeMechanism = mechanism;
        try
        {
            await using var lambda = await LocalExecutionEnvironment.StartAsync(options);
            var watch = Stopwatch.StartNew();
            for (var i = 0; i < Cycles; i++)
            {
                await lambda.InvokeAsync();
                await lambda.WaitUntilFrozenAsync();
            }

            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{Cycles} freezes and thaws, {mechanism}: {watch.Elapsed.TotalSeconds:0.00} s"));
        }
        catch (PlatformNotSupportedException exception)
        {
            Console.WriteLine($"freezes and thaws, {mechanism}: {exception.Message}");
        }
    }

    private static void Report(string what, List<double> values, string unit)
    {
        values.Sort();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what}: best {values[0]:0.000} {unit}, median {Median(values):0.000}, "
                + $"p99 {values[(int)(values.Count * 0.99)]:0.000} (n = {values.Count})"));
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
