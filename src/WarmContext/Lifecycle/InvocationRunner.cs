namespace WarmContext;

/// <summary>
/// Runs handlers as invocations: opens the invocation, revalidates after a long gap, runs the code, drains its background work and reports.
/// Knows no AWS type; <c>WarmHandler</c> (package WarmContext.Lambda) is its face for Lambda handlers.
/// </summary>
/// <remarks>Safe to use from several threads at once; one instance serves a whole environment.</remarks>
public sealed class InvocationRunner
{
    private readonly InvocationOptions _options;
    private int _warningsReported;

    /// <summary>Creates a runner.</summary>
    /// <param name="options">How invocations are run. <value>Default: all defaults.</value></param>
    /// <exception cref="ArgumentException">An option has a value that isn't allowed.</exception>
    public InvocationRunner(InvocationOptions? options = null) => _options = (options ?? new InvocationOptions()).Validated();

    /// <summary>The environment that invocations run in.</summary>
    public ExecutionEnvironment Environment => _options.Environment;

    /// <summary>Runs a handler as an invocation.</summary>
    /// <typeparam name="TResult">What the handler returns.</typeparam>
    /// <typeparam name="TState">What the handler is given.</typeparam>
    /// <param name="info">What the runtime says of the invocation.</param>
    /// <param name="state">Handed to the handler, so that it needs no closure.</param>
    /// <param name="handler">The handler.</param>
    /// <returns>The handler's result, once its background work has ended.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="BackgroundTaskException">Under <see cref="BackgroundFailurePolicy.FailInvocation"/>: background work didn't complete.</exception>
    public async Task<TResult> RunAsync<TResult, TState>(InvocationInfo info, TState state, Func<TState, Invocation, Task<TResult>> handler)
    {
        ArgumentNullException.ThrowIfNull(info);
        ArgumentNullException.ThrowIfNull(handler);
        ReportEnvironmentOnce();

        var lifecycle = _options.Environment.Lifecycle;
        var invocation = lifecycle.Begin(info, _options);

        // Seen by the handler and everything it starts; undone for the caller when this method returns.
        Invocation.SetCurrent(invocation);
        try
        {
            ReportOutlived(invocation);
            if (invocation.GapSincePrevious is { } gap && _options.RevalidateAfterGap != Timeout.InfiniteTimeSpan && gap >= _options.RevalidateAfterGap)
            {
                await Revalidation.RunAsync(invocation, gap, _options.RevalidationBudget).ConfigureAwait(false);
            }

            TResult result;
            try
            {
                result = await handler(state, invocation).ConfigureAwait(false);
            }
            catch
            {
                // The handler's own exception is the one to see; its background work is finished all the same.
                Report(invocation, await invocation.Background.DrainAsync().ConfigureAwait(false));
                throw;
            }

            var report = await invocation.Background.DrainAsync().ConfigureAwait(false);
            Report(invocation, report);
            return report is { AllCompleted: false } && _options.BackgroundFailures == BackgroundFailurePolicy.FailInvocation
                ? throw new BackgroundTaskException(report)
                : result;
        }
        finally
        {
            await EndAsync(invocation).ConfigureAwait(false);
        }
    }

    /// <summary>Ends the invocation and waits for what it was the last to hold back, such as the disposal of replaced clients, while there is time.</summary>
    private async ValueTask EndAsync(Invocation invocation)
    {
        var ending = _options.Environment.Lifecycle.EndAsync(invocation);
        if (ending.IsCompletedSuccessfully)
        {
            return;
        }

        var limit = invocation.RemainingTimeLess(_options.DeadlineMargin);
        var ended = ending.AsTask();
        await (limit == TimeSpan.MaxValue ? ended : ended.WaitAsync(limit, _options.Environment.Clock.TimeProvider)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static void ReportOutlived(Invocation invocation)
    {
        foreach (var task in invocation.Environment.Lifecycle.StillRunningFromEarlier())
        {
            WarmContextLog.TaskOutlivedInvocation(task, invocation.RequestId);
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
            _options.OnBackgroundReport?.Invoke(report);
        }
        catch (Exception exception)
        {
            WarmContextLog.ReportCallbackFailed(invocation.RequestId, exception);
        }
    }

    private void ReportEnvironmentOnce()
    {
        if (_warningsReported == 0 && Interlocked.Exchange(ref _warningsReported, 1) == 0)
        {
            foreach (var warning in _options.Environment.Warnings)
            {
                WarmContextLog.EnvironmentVariable(warning);
            }
        }
    }
}
