namespace WarmContext;

/// <summary>How a <see cref="FileCache"/> keeps its files.</summary>
public class FileCacheOptions
{
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
    /// How long a file that its source didn't have is taken as missing without asking again.
    /// <value>Default: 1 s. Allowed: 0 (always ask) to 1 hour.</value>
    /// </summary>
    public TimeSpan NotFoundAge { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// What to keep of the invocation's remaining time for the handler: a file that isn't there by then is a
    /// <see cref="FileCacheError.TimedOut"/>. <value>Default: 250 ms. Allowed: 0 to 15 minutes.</value>
    /// </summary>
    public TimeSpan DeadlineMargin { get; set; } = TimeSpan.FromMilliseconds(250);

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
        Guard.Between(NotFoundAge, TimeSpan.Zero, TimeSpan.FromHours(1), GetType().Name, nameof(NotFoundAge));
        Guard.Between(DeadlineMargin, TimeSpan.Zero, TimeSpan.FromMinutes(15), GetType().Name, nameof(DeadlineMargin));

        // A copy, so that a change of the caller's object afterwards changes nothing.
        return (FileCacheOptions)MemberwiseClone();
    }

    internal string DirectoryPath() => Path.TrimEndingDirectorySeparator(Path.GetFullPath(Directory ?? Path.Combine(
        Environment.TemporaryDirectory, Environment.IsLambda ? "warmcontext-files" : $"warmcontext-files-{System.Environment.UserName}")));
}
