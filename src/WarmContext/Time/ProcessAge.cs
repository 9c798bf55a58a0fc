using System.Buffers.Text;

namespace WarmContext.Time;

/// <summary>How long ago the process was started, which is when a function's part of Init begins.</summary>
/// <remarks>
/// Implementation note: it is read from /proc, because it is wanted in Init, where <see cref="System.Diagnostics.Process"/> costs the load
/// of its assembly and more. Both figures count from the machine's start, so it doesn't matter when the wall clock is set meanwhile.
/// </remarks>
internal static class ProcessAge
{
    // USER_HZ, which is the same on all architectures that .NET runs on.
    private const long TicksPerSecond = 100;

    /// <summary>The age, to 10 ms; null where the system doesn't tell.</summary>
    public static TimeSpan? Now()
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        try
        {
            Span<byte> buffer = stackalloc byte[1024];
            var stat = Read("/proc/self/stat", buffer);
            return StartTicks(stat) is { } start && UptimeTicks(Read("/proc/uptime", buffer)) is { } uptime ? Age(start, uptime) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Null where the figures contradict each other, as they may in a container that is shown an uptime of its own.</summary>
    internal static TimeSpan? Age(long startTicks, long uptimeTicks) =>
        uptimeTicks >= startTicks ? new TimeSpan((uptimeTicks - startTicks) * (TimeSpan.TicksPerSecond / TicksPerSecond)) : null;

    /// <summary>The 22nd field. The second is the program's name in parentheses, which may hold any character.</summary>
    internal static long? StartTicks(ReadOnlySpan<byte> stat)
    {
        var rest = stat[(stat.LastIndexOf((byte)')') + 1)..];
        for (var field = 3; field <= 22; field++)
        {
            var blank = rest.IndexOf((byte)' ');
            if (blank < 0)
            {
                return null;
            }

            rest = rest[(blank + 1)..];
        }

        return Utf8Parser.TryParse(rest, out long ticks, out _) ? ticks : null;
    }

    /// <summary>The first figure, seconds with two decimals.</summary>
    internal static long? UptimeTicks(ReadOnlySpan<byte> uptime) =>
        Utf8Parser.TryParse(uptime, out long seconds, out var length) && length + 3 <= uptime.Length && uptime[length] == '.'
            && Utf8Parser.TryParse(uptime.Slice(length + 1, 2), out int hundredths, out _)
            ? (seconds * TicksPerSecond) + hundredths
            : null;

    private static ReadOnlySpan<byte> Read(string path, Span<byte> buffer)
    {
        using var file = File.OpenHandle(path);
        return buffer[..RandomAccess.Read(file, buffer, 0)];
    }
}
