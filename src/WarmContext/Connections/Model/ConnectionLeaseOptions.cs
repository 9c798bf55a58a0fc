namespace WarmContext;

/// <summary>
/// When an idle connection is leased without I/O, when it is probed and when it is replaced; and how long a lease may take.
/// </summary>
public abstract class ConnectionLeaseOptions
{
    /// <summary>The environment whose clock and invocations count.</summary>
    /// <value>Default: <see cref="ExecutionEnvironment.Current"/>.</value>
    public ExecutionEnvironment Environment { get; set; } = ExecutionEnvironment.Current;

    /// <summary>
    /// For how long after it was opened, or answered a probe, a connection is leased without any I/O. Zero probes at every lease.
    /// </summary>
    /// <value>Default: 1 s. Allowed: 0 to 1 minute.</value>
    public TimeSpan FreshFor { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long a lease waits for the answer to a probe. After that the connection counts as half-open, and another one is opened.
    /// </summary>
    /// <value>Default: 200 ms, which leaves 100 ms to open the other one within 300 ms. Allowed: 1 ms to 1 minute.</value>
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// How long a connection may be idle or frozen before it is replaced without a probe. Common network equipment drops idle connections
    /// silently after 350 s.
    /// </summary>
    /// <value>
    /// Default: 300 s. Allowed: more than <see cref="FreshFor"/>, up to 350 s; <see cref="Timeout.InfiniteTimeSpan"/> always probes
    /// instead.
    /// </value>
    public TimeSpan MaxIdleTime { get; set; } = TimeSpan.FromSeconds(300);

    /// <summary>The maximum time that a lease takes. An invocation's remaining time may limit it further.</summary>
    /// <value>Default: 15 s. Allowed: 1 ms to 15 minutes.</value>
    public TimeSpan LeaseTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How much of the invocation's remaining time a lease leaves to the handler, so that the handler can still answer when the lease
    /// fails.
    /// </summary>
    /// <value>Default: 500 ms. Allowed: 0 to 15 minutes.</value>
    public TimeSpan DeadlineMargin { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// The maximum number of connections open at once. A lease beyond it waits until another one is given back. At least 2, because a
    /// half-open connection is replaced before it can be closed.
    /// </summary>
    /// <value>Default: null, which means <see cref="ExecutionEnvironment.MaxConcurrency"/> + 1. Allowed: 2 to 10,000.</value>
    public int? MaxConnections { get; set; }
}
