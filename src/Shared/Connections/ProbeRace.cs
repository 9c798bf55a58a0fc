namespace WarmContext.Shared.Connections;

/// <summary>Races a probe against time, because a half-open connection answers neither the probe nor its cancellation.</summary>
internal static class ProbeRace
{
    /// <summary>Waits for <paramref name="probe"/>, which must have been started with no token: cancelling would leave the connection half-used.</summary>
    /// <returns>How it ended. After <see cref="ProbeOutcome.Silent"/> and <see cref="ProbeOutcome.Cancelled"/> it still runs, and must be seen to its end.</returns>
    public static async ValueTask<ProbeOutcome> RunAsync(Task probe, TimeSpan timeout, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        // Not WaitAsync: it would send an answer that came in time through the thread pool once more, a third of a lease's time.
        var given = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var timer = timeProvider.CreateTimer(static given => ((TaskCompletionSource)given!).TrySetResult(), given, timeout, Timeout.InfiniteTimeSpan);
        await using (timer.ConfigureAwait(false))
        {
            using var registration = cancellationToken.UnsafeRegister(static given => ((TaskCompletionSource)given!).TrySetResult(), given);
            await Task.WhenAny(probe, given.Task).ConfigureAwait(false);
        }

        // Looked at, so that nobody else is told of it; what it was doesn't matter.
        _ = probe.IsFaulted ? probe.Exception : null;

        // After a freeze the timer and the answer come due together, and the answer counts: so look at the probe, not at who was first.
        return probe.IsCompletedSuccessfully ? ProbeOutcome.Alive
            : probe.IsCompleted ? ProbeOutcome.Dead
            : cancellationToken.IsCancellationRequested ? ProbeOutcome.Cancelled
            : ProbeOutcome.Silent;
    }
}
