using WarmContext.Shared;

namespace WarmContext;

/// <summary>When a kept connection may be handed out as it is, when it is probed first and when it is replaced; and how long leasing may take.</summary>
public abstract class ConnectionLeaseOptions
{
    // Common idle cut-offs: 350 s for AWS NAT gateways, Network Load Balancers and VPC endpoints (AWS documentation, read 2026-11-20).
    private static readonly TimeSpan s_shortestCutOff = TimeSpan.FromSeconds(350);

    /// <summary>The environment whose clock and invocations count. <value>Default: <see cref="ExecutionEnvironment.Current"/>.</value></summary>
    public ExecutionEnvironment Environment { get; set; } = ExecutionEnvironment.Current;

    /// <summary>
    /// How long after its last use a connection is handed out without any I/O. A zero probes it at every lease.
    /// <value>Default: 1 s. Allowed: 0 to 1 minute.</value>
    /// </summary>
    public TimeSpan FreshFor { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long an answer to the probe is waited for before the connection is given up as half-open and another one is opened.
    /// <value>Default: 200 ms, which leaves 100 ms to open the other within 300 ms. Allowed: 1 ms to 1 minute.</value>
    /// </summary>
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// How long a connection may lie idle, or be frozen, before it is replaced without asking. Common network equipment drops idle connections
    /// silently after 350 s. <value>Default: 300 s. Allowed: more than <see cref="FreshFor"/>, up to 350 s;
    /// <see cref="Timeout.InfiniteTimeSpan"/> always probes instead.</value>
    /// </summary>
    public TimeSpan MaxIdleTime { get; set; } = TimeSpan.FromSeconds(300);

    /// <summary>
    /// The most time a lease may take where no invocation limits it further. <value>Default: 15 s. Allowed: 1 ms to 15 minutes.</value>
    /// </summary>
    public TimeSpan LeaseTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How much of the invocation's remaining time a lease leaves to the handler, so that it can still answer when no connection can be had.
    /// <value>Default: 500 ms. Allowed: 0 to 15 minutes.</value>
    /// </summary>
    public TimeSpan DeadlineMargin { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// The most connections open at once; who wants more waits. At least 2, so that a connection that answers no more can be replaced while it is
    /// being given up. <value>Default: null, which means <see cref="ExecutionEnvironment.MaxConcurrency"/> + 1. Allowed: 2 to 10,000.</value>
    /// </summary>
    public int? MaxConnections { get; set; }

    /// <summary>The bound that follows from <see cref="MaxConnections"/> and <see cref="Environment"/>.</summary>
    protected int Bound => MaxConnections ?? Math.Clamp(Environment.MaxConcurrency + 1, 2, 10_000);

    /// <summary>Checks the options of this class.</summary>
    /// <param name="type">The name of the options class to use in messages.</param>
    /// <exception cref="ArgumentException">An option has a value that isn't allowed.</exception>
    protected void Validate(string type)
    {
        Guard.NotNull(Environment, type, nameof(Environment), "leave its default or set an environment");

        Guard.Between(FreshFor, TimeSpan.Zero, TimeSpan.FromMinutes(1), type, nameof(FreshFor));
        Guard.Between(ProbeTimeout, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1), type, nameof(ProbeTimeout));
        Guard.Between(LeaseTimeout, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(15), type, nameof(LeaseTimeout));
        Guard.Between(DeadlineMargin, TimeSpan.Zero, TimeSpan.FromMinutes(15), type, nameof(DeadlineMargin));
        Guard.Require(
            MaxIdleTime == Timeout.InfiniteTimeSpan || (MaxIdleTime > FreshFor && MaxIdleTime <= s_shortestCutOff), MaxIdleTime, type, nameof(MaxIdleTime),
            $"it must be more than {nameof(FreshFor)} ({FreshFor}) and at most {s_shortestCutOff}, or Timeout.InfiniteTimeSpan.");
        Guard.Require(
            MaxConnections is null or (>= 2 and <= 10_000), MaxConnections ?? 0, type, nameof(MaxConnections),
            "it must be between 2 and 10000 (2, because a connection that answers no more is replaced while it is being given up).");
    }
}
