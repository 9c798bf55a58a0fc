using WarmContext.Report.Model;
using static WarmContext.Report.Catalog.GoalMeasures;

namespace WarmContext.Report.Catalog;

/// <summary>
/// Every speed goal that the project has set itself. Each has a row in the report, whether it is met, missed or not measured.
/// </summary>
public static class GoalCatalog
{
    private const double Microsecond = 1_000;
    private const double Millisecond = 1_000_000;
    private const double Second = 1_000_000_000;
    private const double MiB = 1024 * 1024;

    public static IReadOnlyList<GoalDefinition> All { get; } =
    [
        new("lease-query-reset", Practice.Connections,
            "Hot lease, query and return, session reset: at most 1.05 × Npgsql's pooled open and query",
            "connection-query-turns", 1.05, Unit.Ratio, Ratio("warm", "pool")),
        new("lease-query-kept", Practice.Connections, "The same, session kept: at most 0.7 ×",
            "connection-query-turns", 0.7, Unit.Ratio, Ratio("warm-kept", "pool")),
        new("lease-alone", Practice.Connections, "Hot lease alone: at most 1 µs over Npgsql's pooled open",
            "connection-lease", Microsecond, Unit.Nanoseconds, Over("WarmLease", "NpgsqlPooledOpen")),
        new("lease-allocations", Practice.Connections, "Hot lease alone: no allocations beyond Npgsql's",
            "connection-lease", 0, Unit.Bytes, BytesOver("WarmLease", "NpgsqlPooledOpen")),
        new("lease-after-freeze", Practice.Connections,
            "Lease after a freeze, connection healthy: one round trip (at most 1.1 × one, 5 ms away, over TLS)",
            "connection-round-trip", 1.1, Unit.Ratio, Ratio("warm-idle-lease", "one-round-trip", 5)),
        new("lease-after-kill", Practice.Connections, "Lease after a freeze, connection dead: at most 1.2 × a physical open",
            "connection-dead", 1.2, Unit.Ratio, Ratio("WarmLeaseAfterKill", "NpgsqlPhysicalOpen")),
        new("lease-half-open", Practice.Connections, "Half-open connection: a working one in hand within 0.3 s",
            "connection-half-open", 0.3 * Second, Unit.Nanoseconds, Median("warm")),

        new("file-hit", Practice.Files, "Hit: at most 1.5 × File.OpenHandle and close",
            "file-hit", 1.5, Unit.Ratio, Ratio("LeaseHit", "OpenAndCloseFile")),
        new("file-parsed", Practice.Files, "Parsed object in memory: at most 200 ns",
            "file-hit", 200, Unit.Nanoseconds, Median("ParsedHit")),
        new("file-parsed-bytes", Practice.Files, "Parsed object in memory: 0 bytes",
            "file-hit", 0, Unit.Bytes, BytesOver("ParsedHit", null)),
        new("file-get-parsed", Practice.Files, "Parsed object: at least 200 × faster than a GET from the local gateway",
            "file-hit", 200, Unit.Ratio, Ratio("GetObjectEveryTime", "ParsedHit")) { IsUpperBound = false },
        new("file-get-hit", Practice.Files, "The same for a lease on the file",
            "file-hit", 200, Unit.Ratio, Ratio("GetObjectEveryTime", "LeaseHit")) { IsUpperBound = false },
        new("file-cold", Practice.Files, "Cold, 256 MiB, unthrottled: no slower than the best way of TransferUtility",
            "file-cold", 1, Unit.Ratio, RatioToBest("warm-miss", "transfer", "transfer-parts", "transfer-ranges")),
        new("file-cold-crc64", Practice.Files, "The same for an object that carries a CRC-64, as on Amazon S3",
            "file-cold", 1, Unit.Ratio, RatioToBest("warm-miss-crc64", "transfer", "transfer-parts", "transfer-ranges")),
        new("file-distant", Practice.Files, "Cold, at 85 MB/s a connection and 20 ms: at least 3 × as fast as GetObject to a file",
            "file-distant", 3, Unit.Ratio, Ratio("get-to-file", "warm-miss")) { IsUpperBound = false },
        new("file-memory", Practice.Files, "Peak managed memory of a download: at most 64 MiB",
            "file-memory", 64 * MiB, Unit.Bytes, Median("warm-large")),
        new("file-memory-size", Practice.Files,
            "Peak managed memory independent of the object's size (four times the size: at most 1.25 ×)",
            "file-memory", 1.25, Unit.Ratio, Ratio("warm-large", "warm-small")),
        new("file-304", Practice.Files, "304 revalidation: no slower than the SDK's own",
            "file-revalidation", 1, Unit.Ratio, Ratio("CacheRevalidation", "SdkConditionalGet")),
        new("file-304-bytes", Practice.Files, "304 revalidation: no more allocation than the SDK's own",
            "file-revalidation", 1, Unit.Ratio, BytesRatio("CacheRevalidation", "SdkConditionalGet")),

        new("tracking", Practice.Background, "Tracking a task: at most 150 ns over the task itself",
            "background-tracking", 150, Unit.Nanoseconds, Over("Track", "CollectAndAwait")),
        new("tracking-unfinished", Practice.Background, "The same for a task that ends later",
            "background-tracking-unfinished", 150, Unit.Nanoseconds, Over("TrackUnfinished", "CollectUnfinishedAndAwait")),
        new("tracking-bytes", Practice.Background, "Tracking a task: at most 200 B over the task itself",
            "background-tracking", 200, Unit.Bytes, BytesOver("Track", "CollectAndAwait")),
        new("tracking-unfinished-bytes", Practice.Background, "The same for a task that ends later",
            "background-tracking-unfinished", 200, Unit.Bytes, BytesOver("TrackUnfinished", "CollectUnfinishedAndAwait")),
        new("empty-invocation", Practice.Lifecycle, "An invocation with nothing to track: at most 1 µs through WarmHandler",
            "invocation-handler", Microsecond, Unit.Nanoseconds, Over("WarmHandler", "HandlerAlone")),
        new("init-jit", Practice.Lifecycle, "WarmContext adds at most 5 ms to Init (JIT)",
            "init-cost", 5 * Millisecond, Unit.Nanoseconds, Over("warm-jit", "plain-jit")),
        new("init-aot", Practice.Lifecycle, "WarmContext adds at most 5 ms to Init (Native AOT)",
            "init-cost", 5 * Millisecond, Unit.Nanoseconds, Over("warm-aot", "plain-aot")),
        new("first-invocation", Practice.Lifecycle,
            "With warm-up, the order function's first invocation is at least 80 % shorter than without",
            "first-invocation", 80, Unit.Percent, PercentSaved("with", "without")) { IsUpperBound = false },

        new("environment-overhead", Practice.Environment,
            "An invocation costs at most 0.5 ms over the bare HTTP exchange (class-library echo, median)",
            "environment-overhead", 0.5 * Millisecond, Unit.Nanoseconds, Over("invocation", "bare")),
        new("freeze-cycles", Practice.Environment, "1,000 freezes and thaws, each with an invocation: under 30 s",
            "freeze-cycles", 30 * Second, Unit.Nanoseconds, Median("thousand")),
        new("echo-cold-start", Practice.Environment,
            "Cold start of the echo function: at most 1.3 × a plain dotnet start of the same assembly",
            "echo-cold-start", 1.3, Unit.Ratio, Ratio("environment", "plain")),

        new("analyzer-compile", Practice.Analyzers, "At most 5 % added to the compile of a 200-file project",
            "analyzer-compile", 5, Unit.Percent, Median("added")),
        new("analyzer-rule", Practice.Analyzers, "No rule over 50 ms on the corpus' largest file",
            "analyzer-rule", 50 * Millisecond, Unit.Nanoseconds, Median("slowest")),
    ];

    public static IReadOnlyList<Goal> Judge(IReadOnlyList<Question> questions) => [.. All.Select(goal => goal.Judge(questions))];
}
