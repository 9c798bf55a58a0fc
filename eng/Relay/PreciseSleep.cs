using System.Diagnostics;
using System.Runtime.InteropServices;

namespace WarmContext.Relay;

/// <summary>
/// Sleeps to within some ten microseconds. .NET's timers tick once a millisecond, which is longer than the round trips that matter within
/// one availability zone, and spinning would take the processor from what is measured.
/// </summary>
internal static partial class PreciseSleep
{
    private const int SetTimerSlack = 29;

    /// <summary>Has the kernel wake the calling thread when it asked for, rather than up to 50 microseconds later.</summary>
    public static void PrepareThread()
    {
        if (OperatingSystem.IsLinux())
        {
            _ = PrCtl(SetTimerSlack, 1, 0, 0, 0);
        }
    }

    /// <summary>Sleeps until <see cref="Stopwatch.GetTimestamp"/> reaches the given value.</summary>
    public static void Until(long timestamp)
    {
        for (var left = Left(timestamp); left > TimeSpan.Zero; left = Left(timestamp))
        {
            if (OperatingSystem.IsLinux())
            {
                var time = new TimeSpec
                {
                    Seconds = (nint)(left.Ticks / TimeSpan.TicksPerSecond),
                    Nanoseconds = (nint)(left.Ticks % TimeSpan.TicksPerSecond * 100),
                };
                _ = NanoSleep(in time, 0);
            }
            else
            {
                Thread.Sleep(left);
            }
        }
    }

    private static TimeSpan Left(long timestamp) => Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), timestamp);

    [LibraryImport("libc", EntryPoint = "nanosleep")]
    private static partial int NanoSleep(in TimeSpec time, nint remaining);

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int PrCtl(int option, nuint value, nuint unused3, nuint unused4, nuint unused5);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
