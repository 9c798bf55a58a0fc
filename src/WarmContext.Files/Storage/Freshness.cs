namespace WarmContext.Files.Storage;

/// <summary>
/// When a source was seen to have a version: asked at one time, and answered at another. The answer was true no earlier than the question.
/// Immutable, so that readers see both clocks of one moment.
/// </summary>
/// <remarks>
/// Implementation note: entity tags have no order, so versions are ordered by these times. The wall clock may be set, and differ between
/// machines; the monotonic one is the same for all processes of one boot, so it decides where it can.
/// </remarks>
internal sealed class Freshness
{
    private readonly ClockReading _read;
    private readonly TimeSpan _ageThen;

    private Freshness(ClockReading read, TimeSpan ageThen, DateTime confirmedUtc, long asked, long answered, string bootId)
    {
        _read = read;
        _ageThen = ageThen;
        ConfirmedUtc = confirmedUtc;
        Asked = asked;
        Answered = answered;
        BootId = bootId;
    }

    /// <summary>The wall-clock time of the question, as the disk has it.</summary>
    public DateTime ConfirmedUtc { get; }

    /// <summary>The monotonic time of the question, in ticks of 100 ns; it means something in one boot only.</summary>
    public long Asked { get; }

    /// <summary>The monotonic time of the answer; 0 while there is none.</summary>
    public long Answered { get; }

    /// <summary>The system's boot whose monotonic clock it was.</summary>
    public string BootId { get; }

    /// <summary>Of an answer to a request that is sent now.</summary>
    public static Freshness Now(EnvironmentClock clock) => new(
        clock.Read(), TimeSpan.Zero, clock.TimeProvider.GetUtcNow().UtcDateTime, Monotonic(clock), 0, RecordFiles.CurrentBootId);

    /// <summary>
    /// As a record on the disk has it. A wall-clock time in the future tells nothing, so it counts as endlessly old.
    /// </summary>
    public static Freshness FromDisk(EnvironmentClock clock, DateTime confirmedUtc, long asked, long answered, string bootId)
    {
        var age = clock.TimeProvider.GetUtcNow().UtcDateTime - confirmedUtc;
        if (age >= TimeSpan.Zero && IsOfThisBoot(bootId))
        {
            age = new TimeSpan(Math.Max(age.Ticks, Monotonic(clock) - asked));
        }

        return new Freshness(clock.Read(), age < TimeSpan.Zero ? TimeSpan.MaxValue : age, confirmedUtc, asked, answered, bootId);
    }

    /// <summary>The source has answered.</summary>
    public Freshness AnsweredNow(EnvironmentClock clock) => new(_read, _ageThen, ConfirmedUtc, Asked, Monotonic(clock), BootId);

    /// <summary>As it may be written down now: a wall clock that was set back meanwhile must not make it younger for others.</summary>
    public Freshness ForDisk(EnvironmentClock clock)
    {
        var byAge = clock.TimeProvider.GetUtcNow().UtcDateTime - Age(clock);
        return new Freshness(
            _read, _ageThen, byAge < ConfirmedUtc ? byAge : ConfirmedUtc, Asked, Answered == 0 ? Monotonic(clock) : Answered, BootId);
    }

    /// <summary>
    /// True when this was seen after the other. While both questions were open at once, the version that was changed last at the source
    /// is the later one.
    /// </summary>
    /// <param name="other">The other.</param>
    /// <param name="modified">When this version was changed at the source; null where nobody tells.</param>
    /// <param name="otherModified">When the other one was.</param>
    public bool IsLaterThan(Freshness other, DateTimeOffset? modified, DateTimeOffset? otherModified)
    {
        if (!IsOfThisBoot(BootId) || !IsOfThisBoot(other.BootId))
        {
            return _ageThen != TimeSpan.MaxValue && (other._ageThen == TimeSpan.MaxValue || ConfirmedUtc > other.ConfirmedUtc);
        }

        return Asked > other.Answered || other.Asked > Answered || modified is null || otherModified is null || modified == otherModified
            ? Asked > other.Asked
            : modified > otherModified;
    }

    /// <summary>The age by whichever clock makes it greater.</summary>
    public TimeSpan Age(EnvironmentClock clock)
    {
        var since = clock.ElapsedSince(_read);
        return since > TimeSpan.MaxValue - _ageThen ? TimeSpan.MaxValue : since + _ageThen;
    }

    private static bool IsOfThisBoot(string bootId) => bootId.Length > 0 && bootId == RecordFiles.CurrentBootId;

    private static long Monotonic(EnvironmentClock clock) => clock.TimeProvider.GetElapsedTime(0).Ticks;
}
