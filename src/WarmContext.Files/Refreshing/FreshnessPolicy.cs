using WarmContext.Files.Storage;

namespace WarmContext.Files.Refreshing;

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

        if (entry.IsDenied)
        {
            return FreshnessJudgement.Stale;
        }

        var failedJustNow = entry.Failed is { } failed && failed.Age(_clock) < s_failureBackoff;
        if (IsWithin(age, options.StaleWhileRevalidate))
        {
            return failedJustNow ? FreshnessJudgement.Fresh : FreshnessJudgement.ServeAndRevalidate;
        }

        return failedJustNow && IsWithin(age, options.StaleIfError) ? FreshnessJudgement.Fresh : FreshnessJudgement.Stale;
    }

    /// <summary>Notes on a copy how its source failed.</summary>
    public void NoteFailure(FileCacheError error, CachedEntry entry) => entry.NoteFailure(
        Freshness.Now(_clock),
        error is FileCacheError.AccessDenied or FileCacheError.NoCredentials && !options.ServeStaleAfterAccessDenied);

    /// <summary>True when a copy may be served although its source failed so.</summary>
    public bool MayServeAfter(FileCacheError error, CachedEntry entry) =>
        !entry.IsDenied
        && error is not (FileCacheError.NotFound or FileCacheError.ContainerNotFound)
        && IsWithin(Age(entry), options.StaleIfError);

    public TimeSpan Age(CachedEntry entry) => entry.Freshness.Age(_clock);

    private bool IsImmutable(CachedEntry entry) => options.MaximumAge == Timeout.InfiniteTimeSpan || entry.Record.Id.Version is not null;

    private bool IsWithin(TimeSpan age, TimeSpan grace) =>
        grace == Timeout.InfiniteTimeSpan || (grace > TimeSpan.Zero && age != TimeSpan.MaxValue && age - options.MaximumAge < grace);
}
