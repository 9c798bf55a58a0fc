using WarmContext.Shared;

namespace WarmContext.Files;

/// <summary>How a <see cref="FileCache"/> keeps its files.</summary>
public class FileCacheOptions
{
    private const long MinPartSize = 64 * 1024;
    private const long MaxPartSize = 1024 * 1024 * 1024;

    /// <summary>The environment the cache lives in. <value>Default: <see cref="ExecutionEnvironment.Current"/>.</value></summary>
    public ExecutionEnvironment Environment { get; set; } = ExecutionEnvironment.Current;

    /// <summary>
    /// The cache's directory, an absolute path; it is made with mode 0700 when it is not there. Nothing is ever written outside it. Several
    /// processes of one user may share it. <value>Default: null, which is <c>warmcontext-files</c> (with the user's name outside Lambda)
    /// in <see cref="ExecutionEnvironment.TemporaryDirectory"/>.</value>
    /// </summary>
    public string? Directory { get; set; }

    /// <summary>
    /// How old an entry may grow before its source is asked whether it has changed. A file pinned to a version is never asked about.
    /// <value>Default: 1 min. Allowed: 0 or more; <see cref="Timeout.InfiniteTimeSpan"/> takes files as immutable.</value>
    /// </summary>
    public TimeSpan MaximumAge { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How long after <see cref="MaximumAge"/> a copy is still served at once, while it is revalidated as tracked background work of the
    /// invocation; while its source fails, once a second at most, and no longer once it has denied access. <value>Default: 0, never. Allowed: 0 or more, or <see cref="Timeout.InfiniteTimeSpan"/>.</value>
    /// </summary>
    public TimeSpan StaleWhileRevalidate { get; set; } = TimeSpan.Zero;

    /// <summary>
    /// How long after <see cref="MaximumAge"/> a copy is served when its source can't be asked: unreachable, failing, too slow for the
    /// invocation. Never when the source says that the file is gone. <value>Default: 5 min. Allowed: 0 or more, or <see cref="Timeout.InfiniteTimeSpan"/>.</value>
    /// </summary>
    public TimeSpan StaleIfError { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Serves a stale copy within <see cref="StaleIfError"/> and <see cref="StaleWhileRevalidate"/> also when the source denies access.
    /// <value>Default: false; whoever lost the right to read a file gets no copy of it.</value>
    /// </summary>
    public bool ServeStaleAfterAccessDenied { get; set; }

    /// <summary>
    /// How long a file that its source didn't have is taken as missing without asking again.
    /// <value>Default: 1 s. Allowed: 0 (always ask) to 1 hour.</value>
    /// </summary>
    public TimeSpan NotFoundAge { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// What to keep of the invocation's remaining time for the handler: a file that isn't there by then is a
    /// <see cref="FileCacheError.TimedOut"/>. <value>Default: 250 ms. Allowed: 0 to 15 minutes.</value>
    /// </summary>
    public TimeSpan DeadlineMargin { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// The most bytes of files to keep. A file that is larger is read straight from its source. It must not be more than the file system has: the first
    /// download says so, since creating a cache does no I/O.
    /// <value>Default: null, 80 % of the file system, at most 10 GiB. Allowed: 1 or more.</value>
    /// </summary>
    public long? Capacity { get; set; }

    /// <summary>
    /// The bytes of the file system that downloads leave free for others. <value>Default: 32 MiB. Allowed: 0 or more.</value>
    /// </summary>
    public long FreeSpaceFloor { get; set; } = 32 * 1024 * 1024;

    /// <summary>
    /// Reads a file through and compares its checksum whenever it is leased and nobody has it leased already.
    /// <value>Default: false; files are verified when they are fetched.</value>
    /// </summary>
    public bool VerifyOnRead { get; set; }

    /// <summary>
    /// The size of the ranges that larger files are fetched in; a file up to this size takes one request. In bytes.
    /// <value>Default: null, 8 MiB to 16 MiB by the file's size, as S3 recommends. Allowed: 64 KiB to 1 GiB.</value>
    /// </summary>
    public long? PartSize { get; set; }

    /// <summary>
    /// How many ranges of one file are fetched at once. <value>Default: null, four for each vCPU, between 2 and 16, and no more than one for
    /// each 64 MB of the function's memory. Allowed: 1 to 64.</value>
    /// </summary>
    public int? Parallelism { get; set; }

    /// <summary>How often a range that fails is asked for in all, each time from where it broke. <value>Default: 4. Allowed: 1 to 20.</value></summary>
    public int MaxAttempts { get; set; } = 4;

    /// <summary>
    /// How long a body may stop coming before its range is asked for again. Time spent frozen doesn't count.
    /// <value>Default: 10 s. Allowed: 100 ms to 15 minutes.</value>
    /// </summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(10);

    internal FileCacheOptions Validated()
    {
        if (Environment is null)
        {
            throw new ArgumentException($"{GetType().Name}.{nameof(Environment)} is null; leave its default or set an environment.");
        }

        if (Directory is not null && (Directory.Contains('\0', StringComparison.Ordinal) || !Path.IsPathFullyQualified(Directory)))
        {
            throw new ArgumentException($"{GetType().Name}.{nameof(Directory)} is '{Directory}'; it must be an absolute path, or null for the default.");
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

        // A copy, so that a change of the caller's object afterwards changes nothing.
        return (FileCacheOptions)MemberwiseClone();
    }

    internal string DirectoryPath() => Path.TrimEndingDirectorySeparator(Path.GetFullPath(Directory ?? Path.Combine(
        Environment.TemporaryDirectory, Environment.IsLambda ? "warmcontext-files" : $"warmcontext-files-{System.Environment.UserName}")));
}
