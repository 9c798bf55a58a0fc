namespace WarmContext;

/// <summary>One reading of both clocks of an <see cref="EnvironmentClock"/>. It means something only to the clock that took it.</summary>
public readonly struct ClockReading
{
    internal ClockReading(long wallTicks, long monotonicTimestamp)
    {
        WallTicks = wallTicks;
        MonotonicTimestamp = monotonicTimestamp;
    }

    /// <summary>UTC wall-clock time, in ticks of 100 ns.</summary>
    internal readonly long WallTicks;

    /// <summary>Monotonic timestamp, in the time provider's own unit.</summary>
    internal readonly long MonotonicTimestamp;
}
