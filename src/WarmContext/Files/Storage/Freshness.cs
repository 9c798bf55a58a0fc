namespace WarmContext;

/// <summary>When an entry's source last confirmed it. Immutable, so that readers see both clocks of one moment.</summary>
internal sealed class Freshness(ClockReading read, TimeSpan ageThen)
{
    /// <summary>Just confirmed, by an answer to a request that was sent at <paramref name="asked"/>.</summary>
    public static Freshness At(ClockReading asked) => new(asked, TimeSpan.Zero);

    /// <summary>Confirmed at a wall-clock time that was read from the disk. A time in the future tells nothing, so it counts as endlessly old.</summary>
    public static Freshness FromDisk(EnvironmentClock clock, DateTime confirmedUtc)
    {
        var age = clock.TimeProvider.GetUtcNow().UtcDateTime - confirmedUtc;
        return new Freshness(clock.Read(), age < TimeSpan.Zero ? TimeSpan.MaxValue : age);
    }

    /// <summary>The age by whichever clock makes it greater.</summary>
    public TimeSpan Age(EnvironmentClock clock)
    {
        var since = clock.ElapsedSince(read);
        return since > TimeSpan.MaxValue - ageThen ? TimeSpan.MaxValue : since + ageThen;
    }
}
