namespace WarmContext;

/// <summary>
/// The clock of an execution environment. It reads the wall clock and the monotonic clock together, so that all of WarmContext agrees on
/// how long the environment was idle or frozen.
/// </summary>
/// <remarks>
/// <para>All members are safe to use from several threads at once.</para>
/// <para>
/// Implementation note: neither clock can be trusted alone. The monotonic clock may have stopped while the environment was frozen or
/// stored as a snapshot, and a wall clock may be set back. The question is always how stale something can be, so the larger answer counts.
/// </para>
/// </remarks>
public sealed class EnvironmentClock
{
    private readonly TimeProvider _time;
    private readonly double _ticksPerTimestamp;

    /// <summary>Creates a clock over a time provider.</summary>
    /// <param name="timeProvider">The source of both clocks.</param>
    /// <exception cref="ArgumentNullException"><paramref name="timeProvider"/> is null.</exception>
    public EnvironmentClock(TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(timeProvider);
        _time = timeProvider;
        _ticksPerTimestamp = (double)TimeSpan.TicksPerSecond / timeProvider.TimestampFrequency;
    }

    /// <summary>The clock over <see cref="TimeProvider.System"/>.</summary>
    public static EnvironmentClock System { get; } = new(TimeProvider.System);

    /// <summary>The time provider that both clocks come from. Use it for timers and delays.</summary>
    public TimeProvider TimeProvider => _time;

    /// <summary>Reads both clocks. Allocates nothing.</summary>
    public ClockReading Read() => new(_time.GetUtcNow().UtcTicks, _time.GetTimestamp());

    /// <summary>How long ago a reading was taken: the larger of what the two clocks say, never negative.</summary>
    /// <param name="since">An earlier reading of this clock.</param>
    public TimeSpan ElapsedSince(ClockReading since) => Elapsed(since, Read());

    /// <summary>The time between two readings: the larger of what the two clocks say, never negative.</summary>
    /// <param name="since">The earlier reading.</param>
    /// <param name="now">The later reading.</param>
    public TimeSpan Elapsed(ClockReading since, ClockReading now)
    {
        var wall = now.WallTicks - since.WallTicks;
        var monotonic = (long)((now.MonotonicTimestamp - since.MonotonicTimestamp) * _ticksPerTimestamp);
        return new TimeSpan(Math.Max(0, Math.Max(wall, monotonic)));
    }
}
