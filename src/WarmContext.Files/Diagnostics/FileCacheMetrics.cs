using WarmContext.Shared.Diagnostics;

namespace WarmContext.Files.Diagnostics;

/// <summary>The figures of file caches, on the meter <see cref="WarmContextDiagnostics.MeterName"/>. None throws.</summary>
internal sealed class FileCacheMetrics(string scheme)
{
    private static readonly GuardedCounter s_hits = GuardedCounter.Create(
        "warmcontext.files.hits", "{file}", "Files served from disk or memory without asking the source.");
    private static readonly GuardedCounter s_misses = GuardedCounter.Create(
        "warmcontext.files.misses", "{file}", "Files fetched.");
    private static readonly GuardedCounter s_revalidations = GuardedCounter.Create(
        "warmcontext.files.revalidations", "{file}", "Files that the source confirmed.");
    private static readonly GuardedCounter s_stale = GuardedCounter.Create(
        "warmcontext.files.stale", "{file}", "Files served stale because the source failed.");
    private static readonly GuardedCounter s_bytes = GuardedCounter.Create(
        "warmcontext.files.fetched", "By", "Bytes fetched.");
    private static readonly GuardedCounter s_evictions = GuardedCounter.Create(
        "warmcontext.files.evictions", "{file}", "Files evicted.");
    private static readonly GuardedCounter s_evictedBytes = GuardedCounter.Create(
        "warmcontext.files.evicted", "By", "Bytes evicted.");
    private static readonly GuardedCounter s_failures = GuardedCounter.Create(
        "warmcontext.files.verification_failures", "{file}", "Files that came, or lay on disk, damaged. None was served.");
    private static readonly GuardedCounter s_passedThrough = GuardedCounter.Create(
        "warmcontext.files.passed_through", "{file}", "Files that had no room in the cache.");
    private static readonly GuardedHistogram s_duration = GuardedHistogram.Create(
        "warmcontext.files.duration", "s", "How long fetching a file took.");

    private readonly KeyValuePair<string, object?> _tag = new("scheme", scheme);

    public void Hit()
    {
        // Counters nobody listens to cost one read: a hit is a matter of nanoseconds.
        if (s_hits.Enabled)
        {
            s_hits.Add(1, _tag);
        }
    }

    public void Fetched(long bytes, TimeSpan time)
    {
        s_misses.Add(1, _tag);
        s_bytes.Add(bytes, _tag);
        s_duration.Record(time.TotalSeconds, _tag);
    }

    public void Revalidated() => s_revalidations.Add(1, _tag);

    public void ServedStale() => s_stale.Add(1, _tag);

    public void PassedThrough() => s_passedThrough.Add(1, _tag);

    public void VerificationFailed() => s_failures.Add(1, _tag);

    public void Evicted(long bytes)
    {
        s_evictions.Add(1, _tag);
        s_evictedBytes.Add(bytes, _tag);
    }
}
