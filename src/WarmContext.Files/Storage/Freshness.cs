using WarmContext.Files.Download;

namespace WarmContext.Files.Storage;

/// <summary>When an entry's source last confirmed it. Immutable, so that readers see both clocks of one moment.</summary>
internal sealed class Freshness
{
    private readonly ClockReading _read;
    private readonly TimeSpan _ageThen;

    private Freshness(ClockReading read, TimeSpan ageThen, DateTime confirmedUtc)
    {
        _read = read;
        _ageThen = ageThen;
        ConfirmedUtc = confirmedUtc;
    }

    /// <summary>The wall-clock time of the confirmation, as the disk has it.</summary>
    public DateTime ConfirmedUtc { get; }

    /// <summary>Confirmed by an answer to a request that was sent at this moment.</summary>
    public static Freshness At(RequestTime asked) => new(asked.Reading, TimeSpan.Zero, asked.Utc);

    /// <summary>Confirmed at a wall-clock time that was read from the disk. A time in the future tells nothing, so it counts as endlessly old.</summary>
    public static Freshness FromDisk(EnvironmentClock clock, DateTime confirmedUtc)
    {
        var age = clock.TimeProvider.GetUtcNow().UtcDateTime - confirmedUtc;
        return new Freshness(clock.Read(), age < TimeSpan.Zero ? TimeSpan.MaxValue : age, confirmedUtc);
    }

    /// <summary>The age by whichever clock makes it greater.</summary>
    public TimeSpan Age(EnvironmentClock clock)
    {
        var since = clock.ElapsedSince(_read);
        return since > TimeSpan.MaxValue - _ageThen ? TimeSpan.MaxValue : since + _ageThen;
    }
}
