using System.Globalization;
using WarmContext.Diagnostics;
using WarmContext.Environments;
using WarmContext.Running;

namespace WarmContext;

/// <summary>
/// Runs handlers as invocations: opens the invocation, revalidates after a long gap, runs the code, drains its background work and reports.
/// It knows no AWS type. <c>WarmHandler</c> (package WarmContext.Lambda) is its face for Lambda handlers.
/// </summary>
/// <remarks>One instance serves a whole environment. All members are safe to use from several threads at once.</remarks>
public sealed class InvocationRunner
{
    private readonly InvocationOptions _options;
    private int _warningsReported;
    private int _noGuardReported;

    /// <summary>Creates a runner.</summary>
    /// <param name="options">Say how invocations are run. Default: null, all defaults.</param>
    /// <exception cref="ArgumentException">An option has a value that isn't allowed.</exception>
    public InvocationRunner(InvocationOptions? options = null) =>
        _options = options is null ? new InvocationOptions() : options.Validated();

    /// <summary>The environment that invocations run in.</summary>
    public ExecutionEnvironment Environment => _options.Environment;

    /// <summary>The moment until which background work is waited for.</summary>
    public BackgroundCompletion BackgroundCompletion => _options.BackgroundCompletion;

    /// <summary>Keeps the environment awake after a response; null where nothing does.</summary>
    public IFreezeGuard? FreezeGuard => _options.FreezeGuard;

    /// <summary>Makes a runner with the same options and another freeze guard. This one stays as it is.</summary>
    /// <param name="freezeGuard">Keeps the environment awake after a response; null where nothing does.</param>
    public InvocationRunner WithFreezeGuard(IFreezeGuard? freezeGuard)
    {
        var options = _options.Validated();
        options.FreezeGuard = freezeGuard;
        return new InvocationRunner(options);
    }

    /// <summary>Runs a handler as an invocation.</summary>
    /// <typeparam name="TResult">The handler's result.</typeparam>
    /// <typeparam name="TState">The handler's state.</typeparam>
    /// <param name="info">What the runtime says of the invocation.</param>
    /// <param name="state">Passed to the handler, so that it needs no closure.</param>
    /// <param name="handler">The handler.</param>
    /// <returns>
    /// The handler's result. It comes once the background work has ended; under <see cref="BackgroundCompletion.AfterResponse"/> it comes
    /// at once where the environment stays awake until then.
    /// </returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="BackgroundTaskException">
    /// Under <see cref="BackgroundFailurePolicy.FailInvocation"/>: background work didn't complete.
    /// </exception>
    /// <exception cref="TimeoutException">On Managed Instances: the handler went on past the invocation's deadline.</exception>
    public async Task<TResult> RunAsync<TResult, TState>(InvocationInfo info, TState state, Func<TState, Invocation, Task<TResult>> handler)
    {
        ArgumentNullException.ThrowIfNull(info);
        ArgumentNullException.ThrowIfNull(handler);
        ReportEnvironmentOnce();

        var lifecycle = _options.Environment.Lifecycle;
        var invocation = lifecycle.Begin(info, _options.DeadlineMargin);

        // Nothing is frozen in Init, and nobody waits for the answer of a priming run.
        var guard = _options.BackgroundCompletion == BackgroundCompletion.AfterResponse && !info.IsPriming ? _options.FreezeGuard : null;

        // Seen by the handler and everything it starts; undone for the caller when this method returns.
        Invocation.SetCurrent(invocation);
        var telemetry = InvocationTelemetry.Begin(invocation);
        TResult result;
        try
        {
            Notify(guard, invocation, hasEnded: false);
            ReportAbandonedTasks(invocation);
            if (!info.IsPriming)
            {
                lifecycle.ContinueWarmUpsIn(invocation);
                if (invocation.IdleBefore >= _options.RevalidateAfterGap && _options.RevalidateAfterGap != Timeout.InfiniteTimeSpan)
                {
                    var remaining = invocation.RemainingTime;
                    var budget = remaining < _options.RevalidationBudget ? remaining : _options.RevalidationBudget;
                    await lifecycle.Resources.RevalidateAsync(invocation.RequestId, invocation.IdleBefore, budget).ConfigureAwait(false);
                }
            }

            var handling = handler(state, invocation);
            result = await (EnforcesDeadline(invocation) ? WaitUntilDeadlineAsync(invocation, handling) : handling).ConfigureAwait(false);
            telemetry.HandlerEnded(null);
        }
        catch (Exception exception)
        {
            // The handler's own exception is the one to see; its background work is finished all the same.
            telemetry.HandlerEnded(exception);
            await EndAsync(invocation, guard, telemetry).ConfigureAwait(false);
            throw;
        }

        var report = await EndAsync(invocation, guard, telemetry).ConfigureAwait(false);
        return report is { AllCompleted: false } && _options.BackgroundFailures == BackgroundFailurePolicy.FailInvocation
            ? throw new BackgroundTaskException(report)
            : result;
    }

    /// <summary>Ends an invocation whose handler is done, before the return or beside it. Never throws.</summary>
    /// <returns>The report; null when nothing was tracked, or when the environment stays awake until the rest has ended too.</returns>
    private async ValueTask<BackgroundReport?> EndAsync(Invocation invocation, IFreezeGuard? guard, InvocationTelemetry telemetry)
    {
        var finishing = FinishAsync(invocation, guard, telemetry);
        if (finishing.IsCompletedSuccessfully)
        {
            return finishing.Result;
        }

        if (_options.BackgroundCompletion == BackgroundCompletion.BeforeReturn || invocation.IsPriming)
        {
            return await finishing.ConfigureAwait(false);
        }

        var finished = finishing.AsTask();
        if (guard is null)
        {
            ReportNoGuardOnce();
        }
        else if (await TryHoldAsync(guard, invocation, finished).ConfigureAwait(false))
        {
            return null;
        }

        return await finished.ConfigureAwait(false);
    }

    /// <summary>Drains and reports the background work, closes the invocation, disposes what waited for it. Never throws.</summary>
    private async ValueTask<BackgroundReport?> FinishAsync(Invocation invocation, IFreezeGuard? guard, InvocationTelemetry telemetry)
    {
        try
        {
            var report = await invocation.Background.DrainAsync().ConfigureAwait(false);
            await InvocationEnding.RunAsync(invocation, _options, telemetry, report).ConfigureAwait(false);
            return report;
        }
        finally
        {
            invocation.Unwatch();
            Notify(guard, invocation, hasEnded: true);
        }
    }

    /// <summary>True on Managed Instances, where Lambda doesn't enforce a function's timeout.</summary>
    private static bool EnforcesDeadline(Invocation invocation) =>
        invocation.Environment.InitializationType == InitializationType.ManagedInstances && invocation.IsLimited;

    private static async Task<TResult> WaitUntilDeadlineAsync<TResult>(Invocation invocation, Task<TResult> handling)
    {
        // Armed first, so that a handler that observes its token ends by itself, with its own answer.
        _ = invocation.DeadlineToken;
        if (handling.IsCompleted)
        {
            return await handling.ConfigureAwait(false);
        }

        try
        {
            return await handling.WaitAsync(invocation.RemainingTime, invocation.Environment.Clock.TimeProvider).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!handling.IsCompleted)
        {
            _ = ObserveAsync(invocation.RequestId, handling);
            var deadline = invocation.Deadline?.ToString("O", CultureInfo.InvariantCulture);
            throw new TimeoutException(
                $"Invocation {invocation.RequestId} went on past its deadline ({deadline}) and was given up. " +
                "Pass Invocation.DeadlineToken on to what the handler waits for.");
        }
    }

    /// <summary>Observes what the handler ends with in the end, so that it is neither lost nor the finalizer's to report.</summary>
    private static async Task ObserveAsync(string requestId, Task handling)
    {
        await handling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        WarmContextLog.HandlerOutlivedInvocation(requestId, handling.Exception?.InnerException);
    }

    private static void Notify(IFreezeGuard? guard, Invocation invocation, bool hasEnded)
    {
        try
        {
            if (hasEnded)
            {
                guard?.Ended(invocation);
            }
            else
            {
                guard?.Begun(invocation);
            }
        }
        catch (Exception exception)
        {
            WarmContextLog.FreezeGuardFailed(invocation.RequestId, exception);
        }
    }

    private static async ValueTask<bool> TryHoldAsync(IFreezeGuard guard, Invocation invocation, Task work)
    {
        try
        {
            // The answer leaves long before the deadline, and its way needs the pool too.
            PoolWatch.CheckNow();
            return await guard.TryHoldAsync(invocation, work).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            WarmContextLog.FreezeGuardFailed(invocation.RequestId, exception);
            return false;
        }
    }

    private static void ReportAbandonedTasks(Invocation invocation)
    {
        foreach (var task in invocation.Environment.Lifecycle.AbandonedTasksToReport())
        {
            WarmContextLog.TaskOutlivedInvocation(invocation.RequestId, task.Name, task.RequestId, task.OutlivedInvocations);
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
