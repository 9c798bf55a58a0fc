namespace WarmContext;

/// <summary>Judges what may be done with a copy of some age.</summary>
internal sealed class FreshnessPolicy(FileCacheOptions options)
{
    // While a source is down, one request in this time learns of it; the others are served the stale copy at once.
    private static readonly TimeSpan s_failureBackoff = TimeSpan.FromSeconds(1);

    private readonly EnvironmentClock _clock = options.Environment.Clock;

    public bool IsFresh(CachedEntry entry) => IsImmutable(entry) || Age(entry) < options.MaximumAge;

    public FreshnessJudgement Judge(CachedEntry entry)
    {
        if (IsImmutable(entry))
        {
            return FreshnessJudgement.Fresh;
        }

        var age = Age(entry);
        if (age < options.MaximumAge)
        {
            return FreshnessJudgement.Fresh;
        }

        if (IsWithin(age, options.StaleWhileRevalidate))
        {
            return FreshnessJudgement.ServeAndRevalidate;
        }

        return entry.Failed is { } failed && failed.Age(_clock) < s_failureBackoff && IsWithin(age, options.StaleIfError)
            ? FreshnessJudgement.Fresh
            : FreshnessJudgement.Stale;
    }

    /// <summary>True when a copy may be served although its source failed so.</summary>
    public bool MayServeAfter(FileCacheError error, CachedEntry entry) => IsWithin(Age(entry), options.StaleIfError) && error switch
    {
        FileCacheError.NotFound or FileCacheError.ContainerNotFound => false,
        FileCacheError.AccessDenied or FileCacheError.NoCredentials => options.ServeStaleAfterAccessDenied,
        _ => true,
    };

    public TimeSpan Age(CachedEntry entry) => entry.Freshness.Age(_clock);

    private bool IsImmutable(CachedEntry entry) => options.MaximumAge == Timeout.InfiniteTimeSpan || entry.Record.Id.Version is not null;

    private bool IsWithin(TimeSpan age, TimeSpan grace) => grace == Timeout.InfiniteTimeSpan || (grace > TimeSpan.Zero && age != TimeSpan.MaxValue && age - options.MaximumAge < grace);
}
