namespace WarmContext.Files.Storage;

/// <summary>
/// When a source confirmed a file, or was asked for it: its answer was true no earlier. Immutable, so that readers see both clocks of one
/// moment.
/// </summary>
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

    /// <summary>Of an answer to a request that is sent now.</summary>
    public static Freshness Now(EnvironmentClock clock) => new(clock.Read(), TimeSpan.Zero, clock.TimeProvider.GetUtcNow().UtcDateTime);

    /// <summary>
    /// Confirmed at a wall-clock time that was read from the disk. A time in the future tells nothing, so it counts as endlessly old.
    /// </summary>
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
