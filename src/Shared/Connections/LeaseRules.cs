namespace WarmContext.Shared.Connections;

/// <summary>The checks of the options that every kind of warm connection has, and what follows from them.</summary>
internal static class LeaseRules
{
    private const int MinConnections = 2;
    private const int MaxConnections = 10_000;

    // Network equipment drops idle connections after 350 s: AWS NAT gateways, Network Load Balancers and VPC endpoints
    // (AWS documentation, read 2026-11-20).
    private static readonly TimeSpan s_networkIdleTimeout = TimeSpan.FromSeconds(350);

    /// <summary>The maximum number of connections open at once.</summary>
    public static int PoolSize(this ConnectionLeaseOptions options) =>
        options.MaxConnections ?? Math.Clamp(options.Environment.MaxConcurrency + 1, MinConnections, MaxConnections);

    /// <summary>Checks the options that every kind of warm connection has.</summary>
    /// <param name="options">The options.</param>
    /// <param name="type">The name of the options class to use in messages.</param>
    /// <exception cref="ArgumentException">An option has a value that isn't allowed.</exception>
    public static void Validate(this ConnectionLeaseOptions options, string type)
    {
        Guard.NotNull(options.Environment, type, nameof(options.Environment), "leave its default or set an environment");
        Guard.Between(options.FreshFor, TimeSpan.Zero, TimeSpan.FromMinutes(1), type, nameof(options.FreshFor));
        Guard.Between(options.ProbeTimeout, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1), type, nameof(options.ProbeTimeout));
        Guard.Between(options.LeaseTimeout, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(15), type, nameof(options.LeaseTimeout));
        Guard.Between(options.DeadlineMargin, TimeSpan.Zero, TimeSpan.FromMinutes(15), type, nameof(options.DeadlineMargin));
        Guard.Require(
            options.MaxIdleTime == Timeout.InfiniteTimeSpan
                || (options.MaxIdleTime > options.FreshFor && options.MaxIdleTime <= s_networkIdleTimeout),
            options.MaxIdleTime, type, nameof(options.MaxIdleTime),
            $"it must be more than {nameof(options.FreshFor)} ({options.FreshFor}) and at most {s_networkIdleTimeout}, "
                + "or Timeout.InfiniteTimeSpan.");
        Guard.Require(
            options.MaxConnections is null or (>= MinConnections and <= MaxConnections),
            options.MaxConnections ?? 0, type, nameof(options.MaxConnections),
            $"it must be between {MinConnections} and {MaxConnections} "
                + $"({MinConnections}, because a half-open connection is replaced before it can be closed).");
    }
}
