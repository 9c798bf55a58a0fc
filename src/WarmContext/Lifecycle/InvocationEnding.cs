namespace WarmContext;

/// <summary>What happens when a handler is done: its background work is drained and reported, the invocation closed, what waited for it disposed.</summary>
internal sealed class InvocationEnding(InvocationOptions options)
{
    /// <summary>Ends the invocation. Never throws.</summary>
    /// <returns>The report; null when nothing was tracked.</returns>
    public async ValueTask<BackgroundReport?> EndAsync(Invocation invocation, IFreezeGuard? guard, InvocationRecord record)
    {
        try
        {
            var report = await invocation.Background.DrainAsync().ConfigureAwait(false);
            Report(invocation, report);
            if (invocation.Close() is { } disposables)
            {
                await InTimeAsync(invocation, DisposeAsync(invocation, disposables)).ConfigureAwait(false);
            }

            var retiring = options.Environment.Lifecycle.EndAsync(invocation);
            if (!retiring.IsCompletedSuccessfully)
            {
                await InTimeAsync(invocation, retiring.AsTask()).ConfigureAwait(false);
            }

            record.InvocationEnded(report);
            return report;
        }
        finally
        {
            FreezeGuards.Ended(guard, invocation);
        }
    }

    /// <summary>Waits for what the invocation was the last to hold back, such as the disposal of replaced clients, while there is time.</summary>
    private async Task InTimeAsync(Invocation invocation, Task task)
    {
        var limit = invocation.RemainingTimeLess(options.DeadlineMargin / 2);
        await (limit == TimeSpan.MaxValue ? task : task.WaitAsync(limit, options.Environment.Clock.TimeProvider)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task DisposeAsync(Invocation invocation, List<IAsyncDisposable> disposables)
    {
        for (var i = disposables.Count - 1; i >= 0; i--)
        {
            try
            {
                await disposables[i].DisposeAsync().ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                WarmContextLog.InvocationDisposalFailed(invocation.RequestId, disposables[i].GetType().Name, exception);
            }
        }
    }

    private void Report(Invocation invocation, BackgroundReport? report)
    {
        if (report is null)
        {
            return;
        }

        foreach (var task in report.Tasks)
        {
            switch (task.Outcome)
            {
                case BackgroundTaskOutcome.Failed: WarmContextLog.BackgroundTaskFailed(report.RequestId, task); break;
                case BackgroundTaskOutcome.Cancelled: WarmContextLog.BackgroundTaskCancelled(report.RequestId, task); break;
                case BackgroundTaskOutcome.Abandoned: WarmContextLog.BackgroundTaskAbandoned(report.RequestId, task); break;
                default: break;
            }
        }

        try
        {
            options.OnBackgroundReport?.Invoke(report);
        }
        catch (Exception exception)
        {
            WarmContextLog.ReportCallbackFailed(invocation.RequestId, exception);
        }
    }
}
