using WarmContext.Shared;

namespace WarmContext.Files;

/// <summary>How a <see cref="FileCache"/> keeps its files.</summary>
public class FileCacheOptions
{
    private const long MinPartSize = 64 * 1024;
    private const long MaxPartSize = 1024 * 1024 * 1024;

    /// <summary>The environment that the cache lives in.</summary>
    /// <value>Default: <see cref="ExecutionEnvironment.Current"/>.</value>
    public ExecutionEnvironment Environment { get; set; } = ExecutionEnvironment.Current;

    /// <summary>
    /// The cache's directory, an absolute path. The cache makes it with mode 0700 when it is not there, and writes nothing outside it.
    /// Several processes of one user may share it.
    /// </summary>
    /// <value>
    /// Default: null, which is <c>warmcontext-files</c> in <see cref="ExecutionEnvironment.TemporaryDirectory"/>; outside Lambda the user's
    /// name is part of it.
    /// </value>
    public string? Directory { get; set; }

    /// <summary>
    /// The age from which the cache asks the source whether a file has changed. A file pinned to a version is never asked about.
    /// </summary>
    /// <value>Default: 1 min. Allowed: 0 or more; <see cref="Timeout.InfiniteTimeSpan"/> takes files as immutable.</value>
    public TimeSpan MaximumAge { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// The time after <see cref="MaximumAge"/> in which a copy is served at once, and revalidated as tracked background work of the
    /// invocation. A source that fails is asked once a second at most. A source that has denied access ends this.
    /// </summary>
    /// <value>Default: 0, never. Allowed: 0 or more, or <see cref="Timeout.InfiniteTimeSpan"/>.</value>
    public TimeSpan StaleWhileRevalidate { get; set; } = TimeSpan.Zero;

    /// <summary>
    /// The time after <see cref="MaximumAge"/> in which a copy is served when its source is unreachable, fails, or is too slow for the
    /// invocation. A copy is not served when the source says that the file is gone.
    /// </summary>
    /// <value>Default: 5 min. Allowed: 0 or more, or <see cref="Timeout.InfiniteTimeSpan"/>.</value>
    public TimeSpan StaleIfError { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// True serves a stale copy within <see cref="StaleIfError"/> and <see cref="StaleWhileRevalidate"/> also when the source denies
    /// access.
    /// </summary>
    /// <value>Default: false; who lost the right to read a file gets no copy of it.</value>
    public bool ServeStaleAfterAccessDenied { get; set; }

    /// <summary>The time for which a file that its source didn't have counts as missing. It is not asked for again meanwhile.</summary>
    /// <value>Default: 1 s. Allowed: 0 (always ask) to 1 hour.</value>
    public TimeSpan NotFoundAge { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The part of the invocation's remaining time that is kept for the handler. A file that isn't there by then is a
    /// <see cref="FileCacheError.TimedOut"/>.
    /// </summary>
    /// <value>Default: 250 ms. Allowed: 0 to 15 minutes.</value>
    public TimeSpan DeadlineMargin { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// The largest number of bytes to keep. A larger file is read straight from its source. The file system must have that many: the first
    /// download checks it, since creating a cache does no I/O.
    /// </summary>
    /// <value>Default: null, 80 % of the file system, at most 10 GiB. Allowed: 1 or more.</value>
    public long? Capacity { get; set; }

    /// <summary>The number of bytes of the file system that downloads leave free for others.</summary>
    /// <value>Default: 32 MiB. Allowed: 0 or more.</value>
    public long FreeSpaceFloor { get; set; } = 32 * 1024 * 1024;

    /// <summary>
    /// True reads a file through and compares its checksum at each lease, unless this process has it leased already.
    /// </summary>
    /// <value>Default: false; files are verified when they are fetched.</value>
    public bool VerifyOnRead { get; set; }

    /// <summary>The size of the ranges in which a larger file is fetched, in bytes. A file up to this size takes one request.</summary>
    /// <value>Default: null, 8 MiB to 16 MiB by the file's size, as S3 recommends. Allowed: 64 KiB to 1 GiB.</value>
    public long? PartSize { get; set; }

    /// <summary>The number of ranges of one file that are fetched at once.</summary>
    /// <value>
    /// Default: null, four for each vCPU, between 2 and 16, and at most one for each 64 MB of the function's memory. Allowed: 1 to 64.
    /// </value>
    public int? Parallelism { get; set; }

    /// <summary>The number of times that one range is asked for in all, each time from where it broke.</summary>
    /// <value>Default: 4. Allowed: 1 to 20.</value>
    public int MaxAttempts { get; set; } = 4;

    /// <summary>The time after which a body that stopped coming is asked for again. Frozen time doesn't count.</summary>
    /// <value>Default: 10 s. Allowed: 100 ms to 15 minutes.</value>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>A checked copy, so that a change of the caller's object afterwards changes nothing.</summary>
    internal FileCacheOptions Validated()
    {
        if (Environment is null)
        {
            throw new ArgumentException($"{GetType().Name}.{nameof(Environment)} is null; leave its default or set an environment.");
        }

        if (Directory is not null && (Directory.Contains('\0', StringComparison.Ordinal) || !Path.IsPathFullyQualified(Directory)))
        {
            throw new ArgumentException(
                $"{GetType().Name}.{nameof(Directory)} is '{Directory}'; it must be an absolute path, or null for the default.");
        }

        Guard.ZeroOrMoreOrInfinite(MaximumAge, GetType().Name, nameof(MaximumAge));
        Guard.ZeroOrMoreOrInfinite(StaleWhileRevalidate, GetType().Name, nameof(StaleWhileRevalidate));
        Guard.ZeroOrMoreOrInfinite(StaleIfError, GetType().Name, nameof(StaleIfError));
        Guard.Between(NotFoundAge, TimeSpan.Zero, TimeSpan.FromHours(1), GetType().Name, nameof(NotFoundAge));
        Guard.Between(DeadlineMargin, TimeSpan.Zero, TimeSpan.FromMinutes(15), GetType().Name, nameof(DeadlineMargin));

        Guard.Between(Capacity ?? 1, 1, long.MaxValue, GetType().Name, nameof(Capacity));
        Guard.Between(FreeSpaceFloor, 0, long.MaxValue / 2, GetType().Name, nameof(FreeSpaceFloor));
        Guard.Between(PartSize ?? MinPartSize, MinPartSize, MaxPartSize, GetType().Name, nameof(PartSize));
        Guard.Between((long?)Parallelism ?? 1, 1, 64, GetType().Name, nameof(Parallelism));
        Guard.Between(MaxAttempts, 1, 20, GetType().Name, nameof(MaxAttempts));
        Guard.Between(IdleTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(15), GetType().Name, nameof(IdleTimeout));

        return (FileCacheOptions)MemberwiseClone();
    }

    internal string DirectoryPath() => Path.TrimEndingDirectorySeparator(Path.GetFullPath(Directory ?? Path.Combine(
        Environment.TemporaryDirectory, Environment.IsLambda ? "warmcontext-files" : $"warmcontext-files-{System.Environment.UserName}")));
}
