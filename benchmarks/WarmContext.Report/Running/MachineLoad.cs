using System.Diagnostics;
using System.Globalization;

namespace WarmContext.Report.Running;

/// <summary>
/// How much of the machine was busy while the run itself should have had it.
/// It is measured in short pauses between the steps, in which the run does nothing.
/// </summary>
internal sealed class MachineLoad
{
    private readonly List<double> _shares = [];

    /// <summary>The mean of what was seen, in percent; null where the kernel doesn't tell.</summary>
    public double? Percent => _shares.Count == 0 ? null : Math.Round(_shares.Average() * 100, 1);

    public async Task SampleAsync(CancellationToken cancellationToken)
    {
        if (Read() is not { } before)
        {
            return;
        }

        await Task.Delay(400, cancellationToken);
        if (Read() is { } after && after.Total > before.Total)
        {
            _shares.Add((double)(after.Busy - before.Busy) / (after.Total - before.Total));
        }
    }

    private static (long Busy, long Total)? Read()
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        // cpu user nice system idle iowait irq softirq steal …
        var times = File.ReadLines("/proc/stat")
            .First()
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Skip(1)
            .Take(8)
            .Select(static t => long.Parse(t, CultureInfo.InvariantCulture))
            .ToArray();
        return (times.Sum() - times[3] - times[4], times.Sum());
    }
}
