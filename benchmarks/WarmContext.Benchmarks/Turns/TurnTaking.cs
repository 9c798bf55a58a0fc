using System.Diagnostics;
using System.Globalization;

namespace WarmContext.Benchmarks.Turns;

/// <summary>
/// Measures several ways of doing a long thing turn by turn, in a new order each round, and compares each with the first, round by round:
/// other work on the machine, and its own moods, then weigh on all alike. For things of a millisecond or more.
/// </summary>
public static class TurnTaking
{
    /// <summary>
    /// Runs the contenders and writes a table: medians with their quartiles, the median of the rounds' ratios to the first contender,
    /// and this process's processor time.
    /// </summary>
    /// <param name="title">The table's title.</param>
    /// <param name="rounds">How many rounds count; one more runs before them.</param>
    /// <param name="betweenRuns">Tidies up before each run, unmeasured.</param>
    /// <param name="contenders">The ways; the first is the baseline.</param>
    public static async Task CompareAsync(string title, int rounds, Action betweenRuns, IReadOnlyList<Contender> contenders)
    {
        var times = contenders.Select(_ => new double[rounds]).ToArray();
        var processor = contenders.Select(_ => new double[rounds]).ToArray();
        var random = new Random(1);
        for (var round = -1; round < rounds; round++)
        {
            var order = Enumerable.Range(0, contenders.Count).ToArray();
            random.Shuffle(order);
            foreach (var turn in order)
            {
                betweenRuns();
                GC.Collect();
                var before = Environment.CpuUsage.TotalTime;
                var start = Stopwatch.GetTimestamp();
                await contenders[turn].RunAsync();
                if (round >= 0)
                {
                    times[turn][round] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                    processor[turn][round] = (Environment.CpuUsage.TotalTime - before).TotalMilliseconds;
                }
            }
        }

        Console.WriteLine($"\n{title} ({rounds} rounds)\n");
        Console.WriteLine(
            "| Way | Median (ms) | Quartiles (ms) | Time, ratio to the first | Quartiles of the ratio | "
                + "Processor time of this process (ms) |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|");
        for (var i = 0; i < contenders.Count; i++)
        {
            var ratios = times[i].Select((time, round) => time / times[0][round]).ToArray();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {contenders[i].Name} | {Quantile(times[i], 0.5):0} | {Quantile(times[i], 0.25):0}–{Quantile(times[i], 0.75):0} | "
                    + $"{Quantile(ratios, 0.5):0.00} | {Quantile(ratios, 0.25):0.00}–{Quantile(ratios, 0.75):0.00} | "
                    + $"{Quantile(processor[i], 0.5):0} |"));
        }
    }

    private static double Quantile(double[] values, double quantile)
    {
        var sorted = values.Order().ToArray();
        return sorted[(int)Math.Round(quantile * (sorted.Length - 1))];
    }
}
