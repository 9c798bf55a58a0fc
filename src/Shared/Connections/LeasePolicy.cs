namespace WarmContext.Shared.Connections;

/// <summary>
/// The rules of leasing, by the environment's clock: what an idle connection needs, how long a probe and a lease may take.
/// </summary>
internal sealed class LeasePolicy(ConnectionLeaseOptions options)
{
    private static readonly TimeSpan s_newFor = TimeSpan.FromSeconds(1);

    private readonly TimeSpan _freshFor = options.FreshFor;
    private readonly TimeSpan _probeTimeout = options.ProbeTimeout;
    private readonly TimeSpan _maxIdle = options.MaxIdleTime == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : options.MaxIdleTime;

    public EnvironmentClock Clock { get; } = options.Environment.Clock;

    /// <summary>How long a probe may take.</summary>
    public TimeSpan ProbeTimeout => _probeTimeout;

    /// <summary>What a connection needs that answered last at <paramref name="lastAnswer"/>.</summary>
    /// <param name="lastAnswer">
    /// When it was opened, or answered its last probe. That it was leased since says nothing: nobody tells whether the lease was used.
    /// </param>
    /// <param name="isNew">
    /// True before its first lease: when it was opened, the server answered. Where every lease probes, another probe would cost a round
    /// trip, and no connection could be leased from a server whose answers all take longer than the probe's timeout.
    /// </param>
    public LeaseCheck Check(ClockReading lastAnswer, bool isNew = false)
    {
        var freshFor = isNew && _freshFor < s_newFor ? s_newFor : _freshFor;
        var idle = Clock.ElapsedSince(lastAnswer);
        return idle <= freshFor && freshFor > TimeSpan.Zero ? LeaseCheck.None : idle < _maxIdle ? LeaseCheck.Probe : LeaseCheck.Replace;
    }

    /// <summary>
    /// The time that a lease begun now may take: what the invocation has left less the margin, and at most the lease timeout.
    /// </summary>
    public TimeSpan Budget()
    {
        var left = Invocation.CurrentOrDefault?.RemainingTimeLess(options.DeadlineMargin) ?? TimeSpan.MaxValue;
        return left < options.LeaseTimeout ? left : options.LeaseTimeout;
    }

    /// <summary>
    /// Races a probe against its timeout, because a half-open connection answers neither the probe nor its cancellation. The probe must
    /// have been started with no token: cancelling it would leave the connection half-used.
    /// </summary>
    /// <returns>
    /// How it ended. After <see cref="ProbeOutcome.TimedOut"/> and <see cref="ProbeOutcome.Cancelled"/> the probe still runs, and the
    /// connection must not be used before it ends.
    /// </returns>
    public async ValueTask<ProbeOutcome> WaitForProbeAsync(Task probing, CancellationToken cancellationToken)
    {
        // Not WaitAsync: it would send an answer that came in time through the thread pool once more, a third of a lease's time.
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var timer = Clock.TimeProvider.CreateTimer(
            static over => ((TaskCompletionSource)over!).TrySetResult(), over, _probeTimeout, Timeout.InfiniteTimeSpan);
        await using (timer.ConfigureAwait(false))
        {
            using var registration = cancellationToken.UnsafeRegister(static over => ((TaskCompletionSource)over!).TrySetResult(), over);
            await Task.WhenAny(probing, over.Task).ConfigureAwait(false);
        }

        // Observed, so that it isn't reported as unobserved; what it was doesn't matter.
        _ = probing.IsFaulted ? probing.Exception : null;

        // After a freeze the timer and the answer come due together, and the answer counts: so look at the probe, not at who was first.
        return probing.IsCompletedSuccessfully ? ProbeOutcome.Alive
            : probing.IsCompleted ? ProbeOutcome.Dead
            : cancellationToken.IsCancellationRequested ? ProbeOutcome.Cancelled
            : ProbeOutcome.TimedOut;
    }
}
