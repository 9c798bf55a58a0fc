using System.Globalization;

namespace WarmContext.Testing.Audits.Sampling;

/// <summary>Reads /proc/PID/task.</summary>
internal static class ThreadTable
{
    // USER_HZ, which is 100 on every platform that .NET runs on.
    private const int TicksPerSecond = 100;

    public static List<ThreadSample> Of(IReadOnlyList<int> processes)
    {
        var found = new List<ThreadSample>();
        foreach (var process in processes)
        {
            try
            {
                foreach (var directory in Directory.EnumerateDirectories(
                    string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/task")))
                {
                    if (Read(directory) is { } thread)
                    {
                        found.Add(thread);
                    }
                }
            }
            catch (IOException)
            {
                // It has ended.
            }
        }

        return found;
    }

    /// <summary>
    /// The CPU time that a process and the threads it had have used, in steps of 10 ms. Threads that have ended are in it, unlike in the
    /// sum of those there are.
    /// </summary>
    public static TimeSpan CoarseCpuOf(int process) =>
        Try(() => Fields($"/proc/{process}/stat") is { } fields ? CoarseCpu(fields) : default);

    /// <summary>What a process has resident in memory, in bytes.</summary>
    public static long ResidentBytesOf(int process) => Try(() =>
        long.Parse(File.ReadAllText($"/proc/{process}/statm").Split(' ')[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize);

    private static ThreadSample? Read(string directory) => Try(() =>
    {
        var stat = File.ReadAllText(directory + "/stat");
        var open = stat.IndexOf('(', StringComparison.Ordinal);
        var close = stat.LastIndexOf(')');

        var fields = stat[(close + 2)..].Split(' ');

        // "time on the CPU, time waiting for one, times run", in nanoseconds; absent from kernels without scheduler statistics.
        var scheduled = Try(() => (string?)File.ReadAllText(directory + "/schedstat"));
        var cpu = scheduled is null
            ? CoarseCpu(fields)
            : TimeSpan.FromTicks(
                long.Parse(scheduled.AsSpan(0, scheduled.IndexOf(' ', StringComparison.Ordinal)), CultureInfo.InvariantCulture) / 100);
        return new ThreadSample(
            int.Parse(Path.GetFileName(directory.AsSpan()), CultureInfo.InvariantCulture), stat[(open + 1)..close], fields[0][0], cpu);
    });

    private static TimeSpan CoarseCpu(string[] fields) =>
        TimeSpan.FromSeconds((Number(fields[11]) + Number(fields[12])) / (double)TicksPerSecond);

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>The fields of a stat file from the third, the state, on.</summary>
    private static string[]? Fields(string path)
    {
        var stat = File.ReadAllText(path);
        var close = stat.LastIndexOf(')');
        return close < 0 ? null : stat[(close + 2)..].Split(' ');
    }

    private static T? Try<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException
            or IndexOutOfRangeException or ArgumentOutOfRangeException)
        {
            // The process or thread has ended; where that happens while a file is read, what was read is empty or cut short.
            return default;
        }
    }
}
