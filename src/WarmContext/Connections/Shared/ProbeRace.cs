namespace WarmContext.Connections;

/// <summary>Races a probe against time, because a half-open connection answers neither the probe nor its cancellation.</summary>
internal static class ProbeRace
{
    /// <summary>Waits for <paramref name="probe"/>, which must have been started with no token: cancelling would leave the connection half-used.</summary>
    /// <returns>How it ended. After <see cref="ProbeOutcome.Silent"/> and <see cref="ProbeOutcome.Cancelled"/> it still runs, and must be seen to its end.</returns>
    public static async ValueTask<ProbeOutcome> RunAsync(Task probe, TimeSpan timeout, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        try
        {
            await probe.WaitAsync(timeout, timeProvider, cancellationToken).ConfigureAwait(false);
            return ProbeOutcome.Alive;
        }
        catch (Exception)
        {
            // After a freeze the timer and the answer come due together, and the answer counts: so look at the probe, not at what was thrown.
            return probe.IsCompletedSuccessfully ? ProbeOutcome.Alive
                : probe.IsCompleted ? ProbeOutcome.Dead
                : cancellationToken.IsCancellationRequested ? ProbeOutcome.Cancelled
                : ProbeOutcome.Silent;
        }
    }
}
