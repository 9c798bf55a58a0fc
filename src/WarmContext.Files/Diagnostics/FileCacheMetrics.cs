using System.Diagnostics.Metrics;

namespace WarmContext.Files.Diagnostics;

/// <summary>The figures of file caches, on the meter <see cref="WarmContextDiagnostics.MeterName"/>.</summary>
internal sealed class FileCacheMetrics(string scheme)
{
    private static readonly Counter<long> s_hits = WarmContextDiagnostics.Meter.CreateCounter<long>(
        "warmcontext.files.hits", "{file}", "Files served from disk or memory without asking the source.");
    private static readonly Counter<long> s_misses = WarmContextDiagnostics.Meter.CreateCounter<long>(
        "warmcontext.files.misses", "{file}", "Files fetched.");
    private static readonly Counter<long> s_revalidations = WarmContextDiagnostics.Meter.CreateCounter<long>(
        "warmcontext.files.revalidations", "{file}", "Files that the source confirmed.");
    private static readonly Counter<long> s_stale = WarmContextDiagnostics.Meter.CreateCounter<long>(
        "warmcontext.files.stale", "{file}", "Files served stale because the source failed.");
    private static readonly Counter<long> s_bytes = WarmContextDiagnostics.Meter.CreateCounter<long>(
        "warmcontext.files.fetched", "By", "Bytes fetched.");
    private static readonly Counter<long> s_evictions = WarmContextDiagnostics.Meter.CreateCounter<long>(
        "warmcontext.files.evictions", "{file}", "Files evicted.");
    private static readonly Counter<long> s_evictedBytes = WarmContextDiagnostics.Meter.CreateCounter<long>(
        "warmcontext.files.evicted", "By", "Bytes evicted.");
    private static readonly Counter<long> s_failures = WarmContextDiagnostics.Meter.CreateCounter<long>(
        "warmcontext.files.verification_failures", "{file}", "Files that came, or lay on disk, damaged. None was served.");
    private static readonly Counter<long> s_passedThrough = WarmContextDiagnostics.Meter.CreateCounter<long>(
        "warmcontext.files.passed_through", "{file}", "Files that had no room in the cache.");
    private static readonly Histogram<double> s_duration = WarmContextDiagnostics.Meter.CreateHistogram<double>(
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
