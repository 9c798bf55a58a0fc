namespace WarmContext.Files.Download;

/// <summary>When a request was sent, by the environment's clock and for the disk. Its answer was true no earlier.</summary>
internal readonly record struct RequestTime(ClockReading Reading, DateTime Utc)
{
    public static RequestTime Now(EnvironmentClock clock) => new(clock.Read(), clock.TimeProvider.GetUtcNow().UtcDateTime);
}
