using System.Globalization;

namespace WarmContext.Report.Experiments;

/// <summary>Whether a process may use a part of the processor only, as the kernel has it.</summary>
internal static class CpuShare
{
    /// <returns>The processors that its cgroups allow it; null when they set no limit, or can't be read.</returns>
    public static double? Of(int? process)
    {
        if (process is not { } id || !OperatingSystem.IsLinux())
        {
            return null;
        }

        try
        {
            return File.ReadLines($"/proc/{id}/cgroup").Select(Limit).OfType<double>().Cast<double?>().Min();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // "0::/path" is of version 2, "4:cpu,cpuacct:/path" of version 1.
    private static double? Limit(string line)
    {
        var parts = line.Split(':', 3);
        if (parts[0] == "0" && File.Exists($"/sys/fs/cgroup{parts[2]}/cpu.max"))
        {
            var words = File.ReadAllText($"/sys/fs/cgroup{parts[2]}/cpu.max").Split(' ');
            return words[0] == "max" ? null : Number(words[0]) / Number(words[1]);
        }

        var folder = $"/sys/fs/cgroup/{parts[1]}{parts[2]}";
        if (parts[1].Split(',').Contains("cpu") && File.Exists($"{folder}/cpu.cfs_quota_us"))
        {
            var quota = Number(File.ReadAllText($"{folder}/cpu.cfs_quota_us"));
            return quota <= 0 ? null : quota / Number(File.ReadAllText($"{folder}/cpu.cfs_period_us"));
        }

        return null;
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
