using System.Diagnostics;
using System.Globalization;

namespace WarmContext.Benchmarks.Connections;

/// <summary>
/// One question: how many fresh connections it is asked of, in how many pairs, of how many runs each after how many that settle.
/// </summary>
internal sealed record PairedQuestion(string Name, string Goal, int Connections, int Pairs, int Batch, int Settling)
{
    /// <summary>Only questions whose name holds this are asked.</summary>
    public static string Asked { get; set; } = string.Empty;

    public async Task CompareAsync(Func<PairedSides> open)
    {
        if (!Name.Contains(Asked, StringComparison.OrdinalIgnoreCase))
        {
            return;
        }

        var baseline = new List<double>();
        var warm = new List<double>();
        var ratios = new List<double>();
        var bytes = new List<double>();
        for (var connection = 0; connection < Connections; connection++)
        {
            var sides = open();
            for (var pair = -Math.Max(1, Pairs / 4); pair < Pairs; pair++)
            {
                var a = await TimeAsync(sides.Baseline, sides.BeforeBaseline, sides.After);
                var b = await TimeAsync(sides.Warm, sides.BeforeWarm, sides.After);
                b += await TimeAsync(sides.Warm, sides.BeforeWarm, sides.After);
                a += await TimeAsync(sides.Baseline, sides.BeforeBaseline, sides.After);
                if (pair >= 0)
                {
                    baseline.Add(a / 2 / Batch);
                    warm.Add(b / 2 / Batch);
                    ratios.Add(b / a);
                }
            }

            var warmBytes = await AllocatedAsync(sides.Warm, sides.BeforeWarm, sides.After);
            bytes.Add(warmBytes - await AllocatedAsync(sides.Baseline, sides.BeforeBaseline, sides.After));
            sides.Cleanup();
        }

        var differences = warm.Zip(baseline, static (warm, baseline) => warm - baseline).ToList();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {Name} | {At(baseline, 0.5):0.00} | {At(warm, 0.5):0.00} | {At(differences, 0.5):0.00} | {At(ratios, 0.5):0.00} | "
                + $"{At(ratios, 0.25):0.00} - {At(ratios, 0.75):0.00} | {At(bytes, 0.5):0} | {Goal} | {ratios.Count} |"));
    }

    private static double At(List<double> values, double quantile)
    {
        values.Sort();
        return values[(int)(quantile * (values.Count - 1))];
    }

    private async Task<double> TimeAsync(Func<Task> once, Action? before, Action? after)
    {
        for (var i = 0; i < Settling; i++)
        {
            await once();
        }

        before?.Invoke();
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < Batch; i++)
        {
            await once();
        }

        var time = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        after?.Invoke();
        return time;
    }

    /// <summary>Counted apart from the time, because counting exactly stops all threads.</summary>
    private async Task<double> AllocatedAsync(Func<Task> once, Action? before, Action? after)
    {
        var rounds = Batch == 1 ? 5 : 500;
        var bytes = 0L;
        for (var round = 0; round < rounds; round++)
        {
            before?.Invoke();
            var start = GC.GetTotalAllocatedBytes(precise: true);
            await once();
            bytes += GC.GetTotalAllocatedBytes(precise: true) - start;
            after?.Invoke();
        }

        return (double)bytes / rounds;
    }
}
