using WarmContext.Report.Model;

namespace WarmContext.Report.Catalog;

/// <summary>The BenchmarkDotNet classes that the report runs. What is listed here and doesn't come back is a failure.</summary>
public static class BenchmarkCatalog
{
    /// <summary>The project that has them all.</summary>
    public const string Project = "WarmContext.Benchmarks";

    // Run in a process each, so that what fails takes no other with it.
    private const string Core = "core";
    private const string Files = "files";
    private const string Connections = "connections";

    private const string InProcess = "Runs alone in its process with everything in the processor's caches; a real handler finds them cold.";
    private const string Loopback = "Loopback answers in a fraction of the time that any network takes, and without TLS.";

    public static IReadOnlyList<BenchmarkQuestion> All { get; } =
    [
        new("holder-read", Practice.Hold, Core, "ReadReadyValueBenchmarks", "Reading a held client that is there", InProcess,
        [
            new("StaticReadonlyField", "static readonly field", RowRole.Baseline),
            new("InstanceField", "instance field"),
            new("LazyValue", "Lazy<T>"),
            new("DoubleCheckedLock", "double-checked lock"),
            new("AsyncLazyValue", "AsyncLazy-style holder, awaited"),
            new("ServiceProviderSingleton", "DI singleton, resolved"),
            new("WarmValue", "Warm<T>.Value", RowRole.WarmContext),
            new("WarmGetAsync", "Warm<T>.GetAsync", RowRole.WarmContext),
        ]),
        new("holder-first", Practice.Hold, Core, "FirstValueBenchmarks", "Making the holder and its first value", InProcess,
        [
            new("LazyValue", "Lazy<T>", RowRole.Baseline),
            new("DoubleCheckedLock", "double-checked lock"),
            new("AsyncLazyValue", "AsyncLazy-style holder"),
            new("ServiceProviderSingleton", "DI singleton, with its provider"),
            new("WarmValue", "Warm<T>", RowRole.WarmContext),
        ]),
        new("holder-contended", Practice.Hold, Core, "ContendedHolderBenchmarks",
            "32 callers ask for a value that is being made", "The callers share two cores; what they wait for costs nothing here.",
        [
            new("LazyValue", "Lazy<T>", RowRole.Baseline),
            new("DoubleCheckedLock", "double-checked lock"),
            new("AsyncLazyValue", "AsyncLazy-style holder"),
            new("ServiceProviderSingleton", "DI singleton"),
            new("WarmGetAsync", "Warm<T>.GetAsync", RowRole.WarmContext),
        ]),
        new("holder-contended-read", Practice.Hold, Core, "ContendedReadBenchmarks",
            "32 callers read a value that is there, per read", "The callers share the machine's cores.",
        [
            new("StaticReadonlyField", "static readonly field", RowRole.Baseline),
            new("LazyValue", "Lazy<T>"),
            new("DoubleCheckedLock", "double-checked lock"),
            new("AsyncLazyValue", "AsyncLazy-style holder"),
            new("ServiceProviderSingleton", "DI singleton"),
            new("WarmValue", "Warm<T>.Value", RowRole.WarmContext),
        ]),
        new("client-steady", Practice.Hold, Files, "S3ClientBenchmarks", "An S3 client for each call, or one that is held",
            "Clients of the same configuration share one HttpClient and its connections, "
                + "so a client per call costs little once the first is made. The prize is the first call: see below.",
        [
            new("ClientPerCall", "a client for each call, disposed", RowRole.Baseline),
            new("ClientPerCallKept", "a client for each call, never disposed"),
            new("StaticClient", "static client"),
            new("WarmClient", "Warm<IAmazonS3>", RowRole.WarmContext),
            new("Construction", "constructing a client, no call"),
        ]),
        new("connection-hot", Practice.Connections, Connections, "ConnectionWaysBenchmarks",
            "Lease, query, give back, when the connection was just used", Loopback,
        [
            new("OpenPerInvocation", "open for each invocation (no pool)", RowRole.Baseline),
            new("StaticConnection", "static connection"),
            new("StaticConnectionStateChecked", "static connection, State == Open checked"),
            new("PoolDefault", "Npgsql's pool, default settings"),
            new("PoolBest", "Npgsql's pool, best settings"),
            new("WarmReset", "WarmNpgsqlDataSource", RowRole.WarmContext),
            new("WarmKept", "WarmNpgsqlDataSource, session kept", RowRole.WarmContext),
        ]),
        new("connection-query", Practice.Connections, Connections, "HotQueryBenchmarks", "The same, against Npgsql's pool", Loopback,
        [
            new("NpgsqlPooled", "Npgsql's pool, default settings", RowRole.Baseline),
            new("NpgsqlSessionKept", "Npgsql's pool, session kept"),
            new("WarmSessionReset", "WarmNpgsqlDataSource", RowRole.WarmContext),
            new("WarmSessionKept", "WarmNpgsqlDataSource, session kept", RowRole.WarmContext),
        ]),
        new("connection-lease", Practice.Connections, Connections, "HotLeaseBenchmarks",
            "The lease alone, when the connection was just used", InProcess,
            [
                new("NpgsqlPooledOpen", "Npgsql's pooled open", RowRole.Baseline),
                new("WarmLease", "WarmNpgsqlDataSource", RowRole.WarmContext),
            ]),
        new("connection-idle", Practice.Connections, Connections, "IdleLeaseBenchmarks",
            "The first lease after a freeze that the connection survived", Loopback,
            [
                new("NpgsqlOneRoundTrip", "Npgsql: pooled open and one round trip", RowRole.Baseline),
                new("WarmLeaseAfterFreeze", "WarmNpgsqlDataSource", RowRole.WarmContext),
            ]),
        new("connection-dead", Practice.Connections, Connections, "DeadLeaseBenchmarks",
            "The first lease after a freeze in which the server closed the connection", Loopback,
            [
                new("NpgsqlPhysicalOpen", "Npgsql: a physical open", RowRole.Baseline),
                new("WarmLeaseAfterKill", "WarmNpgsqlDataSource", RowRole.WarmContext),
            ]) { HasOwnJob = true },
        new("file-hit", Practice.Files, Files, "HitBenchmarks",
            "A file of 10 kB that is there and fresh", "The page cache holds the file; " + Loopback,
        [
            new("GetObjectEveryTime", "GET for each invocation", RowRole.Baseline),
            new("OpenAndCloseFile", "opening and closing the file, no cache"),
            new("LeaseHit", "S3FileCache: a lease", RowRole.WarmContext),
            new("ParsedHit", "S3FileCache: the parsed object", RowRole.WarmContext),
        ]),
        new("file-revalidation", Practice.Files, Files, "RevalidationBenchmarks",
            "Asking whether a file has changed, when it hasn't", Loopback,
            [
                new("SdkConditionalGet", "the SDK's conditional GET (304)", RowRole.Baseline),
                new("SdkHead", "the SDK's HEAD, its entity tag compared"),
                new("CacheRevalidation", "S3FileCache", RowRole.WarmContext),
            ]),
        new("background-tracking", Practice.Background, Core, "TrackTaskBenchmarks", "Tracking a task that has ended, per task", InProcess,
            [
                new("CollectAndAwait", "a list of tasks, awaited", RowRole.Baseline),
                new("Track", "BackgroundTasks.Track", RowRole.WarmContext),
            ]),
        new("background-tracking-unfinished", Practice.Background, Core, "TrackTaskBenchmarks",
            "Tracking a task that ends later, per task", InProcess,
            [
                new("CollectUnfinishedAndAwait", "a list of tasks, awaited", RowRole.Baseline),
                new("TrackUnfinished", "BackgroundTasks.Track", RowRole.WarmContext),
            ]),
        new("background-ways", Practice.Background, Core, "BackgroundWayBenchmarks",
            "Two pieces of work of 1 ms: how long the caller waits",
            "The work only waits; after the response it still occupies the environment and is billed, "
                + "and fire-and-forget loses what the freeze cuts.",
        [
            new("AwaitedInline", "awaited one after the other", RowRole.Baseline),
            new("WhenAll", "Task.WhenAll"),
            new("FireAndForget", "fire and forget (may be lost)"),
            new("BeforeReturn", "BackgroundTasks, before the return", RowRole.WarmContext),
            new("AfterResponse", "BackgroundTasks, after the response", RowRole.WarmContext),
        ]),
        new("invocation-empty", Practice.Lifecycle, Core, "EmptyInvocationBenchmarks",
            "An invocation that tracks nothing, through InvocationRunner", InProcess,
            [
                new("HandlerAlone", "the handler alone", RowRole.Baseline),
                new("BeforeReturn", "InvocationRunner, before the return", RowRole.WarmContext),
                new("AfterResponse", "InvocationRunner, after the response", RowRole.WarmContext),
            ]),
        new("invocation-handler", Practice.Lifecycle, Core, "WarmHandlerBenchmarks",
            "An invocation that tracks nothing, through WarmHandler", InProcess,
            [new("HandlerAlone", "the handler alone", RowRole.Baseline), new("WarmHandler", "WarmHandler", RowRole.WarmContext)]),
    ];
}
