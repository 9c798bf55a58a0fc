namespace WarmContext;

/// <summary>
/// Runs handlers as invocations: opens the invocation, revalidates after a long gap, runs the code, drains its background work and reports.
/// Knows no AWS type; <c>WarmHandler</c> (package WarmContext.Lambda) is its face for Lambda handlers.
/// </summary>
/// <remarks>Safe to use from several threads at once; one instance serves a whole environment.</remarks>
public sealed class InvocationRunner
{
    private readonly InvocationOptions _options;
    private readonly InvocationEnding _ending;
    private int _warningsReported;
    private int _noGuardReported;

    /// <summary>Creates a runner.</summary>
    /// <param name="options">How invocations are run. <value>Default: all defaults.</value></param>
    /// <exception cref="ArgumentException">An option has a value that isn't allowed.</exception>
    public InvocationRunner(InvocationOptions? options = null)
    {
        _options = options is null ? new InvocationOptions() : options.Validated();
        _ending = new InvocationEnding(_options);
    }

    /// <summary>The environment that invocations run in.</summary>
    public ExecutionEnvironment Environment => _options.Environment;

    /// <summary>When background work is waited for.</summary>
    public BackgroundCompletion BackgroundCompletion => _options.BackgroundCompletion;

    /// <summary>
    /// What keeps the environment awake under <see cref="BackgroundCompletion.AfterResponse"/>; null has the work waited for before the return.
    /// Set it before the first invocation. <value>Default: null; <c>WarmHandler</c> sets it.</value>
    /// </summary>
    public IFreezeGuard? FreezeGuard { get; set; }

    /// <summary>Runs a handler as an invocation.</summary>
    /// <typeparam name="TResult">What the handler returns.</typeparam>
    /// <typeparam name="TState">What the handler is given.</typeparam>
    /// <param name="info">What the runtime says of the invocation.</param>
    /// <param name="state">Handed to the handler, so that it needs no closure.</param>
    /// <param name="handler">The handler.</param>
    /// <returns>
    /// The handler's result: once its background work has ended, or at once under <see cref="BackgroundCompletion.AfterResponse"/> where the
    /// environment stays awake until then.
    /// </returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="BackgroundTaskException">Under <see cref="BackgroundFailurePolicy.FailInvocation"/>: background work didn't complete.</exception>
    /// <exception cref="TimeoutException">On Managed Instances: the handler went on past the invocation's deadline.</exception>
    public async Task<TResult> RunAsync<TResult, TState>(InvocationInfo info, TState state, Func<TState, Invocation, Task<TResult>> handler)
    {
        ArgumentNullException.ThrowIfNull(info);
        ArgumentNullException.ThrowIfNull(handler);
        ReportEnvironmentOnce();

        var lifecycle = _options.Environment.Lifecycle;
        var invocation = lifecycle.Begin(info, _options);

        // Nothing is frozen in Init, and nobody waits for the answer of a priming run.
        var guard = _options.BackgroundCompletion == BackgroundCompletion.AfterResponse && !info.IsPriming ? FreezeGuard : null;

        // Seen by the handler and everything it starts; undone for the caller when this method returns.
        Invocation.SetCurrent(invocation);
        var record = InvocationRecord.Begin(invocation);
        TResult result;
        try
        {
            FreezeGuards.Begun(guard, invocation);
            ReportOutlived(invocation);
            if (!info.IsPriming)
            {
                lifecycle.CarryWarmUpsInto(invocation);
            }

            if (invocation.IdleBefore >= _options.RevalidateAfterGap && _options.RevalidateAfterGap != Timeout.InfiniteTimeSpan && !info.IsPriming)
            {
                await Revalidation.RunAsync(invocation, invocation.IdleBefore, _options.RevalidationBudget).ConfigureAwait(false);
            }

            var handling = handler(state, invocation);
            result = await (EnforcesDeadline(invocation) ? ManagedDeadline.WaitAsync(invocation, handling) : handling).ConfigureAwait(false);
            record.HandlerEnded(null);
        }
        catch (Exception exception)
        {
            // The handler's own exception is the one to see; its background work is finished all the same.
            record.HandlerEnded(exception);
            await EndAsync(invocation, guard, record).ConfigureAwait(false);
            throw;
        }

        var report = await EndAsync(invocation, guard, record).ConfigureAwait(false);
        return report is { AllCompleted: false } && _options.BackgroundFailures == BackgroundFailurePolicy.FailInvocation
            ? throw new BackgroundTaskException(report)
            : result;
    }

    /// <returns>The report of an invocation that has ended; null when it had no background work, or has been left to end after the response.</returns>
    private async ValueTask<BackgroundReport?> EndAsync(Invocation invocation, IFreezeGuard? guard, InvocationRecord record)
    {
        var ending = _ending.EndAsync(invocation, guard, record);
        if (ending.IsCompletedSuccessfully)
        {
            return ending.Result;
        }

        if (_options.BackgroundCompletion == BackgroundCompletion.BeforeReturn || invocation.IsPriming)
        {
            return await ending.ConfigureAwait(false);
        }

        var ended = ending.AsTask();
        if (guard is null)
        {
            ReportNoGuardOnce();
        }
        else if (await FreezeGuards.TryHoldAsync(guard, invocation, ended).ConfigureAwait(false))
        {
            return null;
        }

        return await ended.ConfigureAwait(false);
    }

    private static bool EnforcesDeadline(Invocation invocation) =>
        invocation.Environment.InitializationType == InitializationType.ManagedInstances && invocation.IsLimited;

    private static void ReportOutlived(Invocation invocation)
    {
        foreach (var task in invocation.Environment.Lifecycle.StillRunningFromEarlier())
        {
            WarmContextLog.TaskOutlivedInvocation(task, invocation.RequestId);
        }
    }

    private void ReportNoGuardOnce()
    {
        // Outside Lambda nothing is ever frozen, and nobody waits for an answer whose time matters.
        if (_options.Environment.IsLambda && Interlocked.Exchange(ref _noGuardReported, 1) == 0)
        {
            WarmContextLog.NoFreezeGuard();
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
