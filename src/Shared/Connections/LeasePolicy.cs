namespace WarmContext.Shared.Connections;

/// <summary>Decides by a connection's idle time what it needs, by the environment's clock. Shared by every kind of warm connection.</summary>
internal sealed class LeasePolicy(ConnectionLeaseOptions options)
{
    private static readonly TimeSpan s_newFor = TimeSpan.FromSeconds(1);

    private readonly TimeSpan _freshFor = options.FreshFor;
    private readonly TimeSpan _maxIdle = options.MaxIdleTime == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : options.MaxIdleTime;

    public EnvironmentClock Clock { get; } = options.Environment.Clock;

    public TimeSpan ProbeTimeout { get; } = options.ProbeTimeout;

    /// <summary>What a connection needs that was last known to work at <paramref name="lastUse"/>.</summary>
    /// <param name="lastUse">When it answered last.</param>
    /// <param name="isNew">
    /// True before its first lease: having been opened, it has answered already. Where every lease probes, asking it again would cost a round trip, and
    /// have a server whose every answer takes longer than the probe's timeout never be connected to.
    /// </param>
    public LeaseCheck Check(ClockReading lastUse, bool isNew = false)
    {
        var freshFor = isNew && _freshFor < s_newFor ? s_newFor : _freshFor;
        var idle = Clock.ElapsedSince(lastUse);
        return idle <= freshFor && freshFor > TimeSpan.Zero ? LeaseCheck.None : idle < _maxIdle ? LeaseCheck.Probe : LeaseCheck.Replace;
    }

    /// <summary>
    /// When a connection that is returned now was last known to work. A lease that lasted long says nothing about its end: the handler may have
    /// held the connection, across a freeze even, without using it.
    /// </summary>
    public ClockReading LastUse(ClockReading leasedAt)
    {
        var now = Clock.Read();
        return Clock.Elapsed(leasedAt, now) <= _freshFor ? now : leasedAt;
    }

    /// <summary>The time that a lease begun now may take: what the invocation has left less the margin, and never more than the lease timeout.</summary>
    public TimeSpan Budget()
    {
        var left = Invocation.CurrentOrDefault?.RemainingTimeLess(options.DeadlineMargin) ?? TimeSpan.MaxValue;
        return left < options.LeaseTimeout ? left : options.LeaseTimeout;
    }
}
