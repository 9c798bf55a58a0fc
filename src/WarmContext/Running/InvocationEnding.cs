using WarmContext.Diagnostics;
using WarmContext.Environments;

namespace WarmContext.Running;

/// <summary>
/// What is left to do once an invocation's background work has ended: the report, disposals, the span, metrics. Most of it calls code of
/// others, which may throw, and may block. None of it fails the invocation, and none of it outlasts its deadline.
/// </summary>
internal sealed class InvocationEnding
{
    // Past the deadline, where nobody enforces it, the log still gets a moment.
    private static readonly TimeSpan s_minWait = TimeSpan.FromMilliseconds(50);

    private const string LogStep = "writing to the log";

    private readonly Invocation _invocation;
    private readonly InvocationOptions _options;
    private readonly InvocationTelemetry _telemetry;
    private readonly BackgroundReport? _report;
    private readonly List<IAsyncDisposable>? _disposables;
    private readonly List<EnvironmentLifecycle.PendingRetirement>? _retirements;
    private volatile string _step = LogStep;

    private InvocationEnding(
        Invocation invocation,
        InvocationOptions options,
        InvocationTelemetry telemetry,
        BackgroundReport? report,
        List<IAsyncDisposable>? disposables,
        List<EnvironmentLifecycle.PendingRetirement>? retirements)
    {
        _invocation = invocation;
        _options = options;
        _telemetry = telemetry;
        _report = report;
        _disposables = disposables;
        _retirements = retirements;
    }

    /// <summary>Ends an invocation. Never throws, and takes no longer than the invocation has time.</summary>
    /// <param name="invocation">The invocation, whose background work has ended.</param>
    /// <param name="options">How invocations are run.</param>
    /// <param name="telemetry">Its figures and its span.</param>
    /// <param name="report">How its background work ended; null when there was none.</param>
    public static ValueTask RunAsync(
        Invocation invocation, InvocationOptions options, InvocationTelemetry telemetry, BackgroundReport? report)
    {
        // First what others count on, and what calls nobody.
        var disposables = invocation.Close();
        var retirements = invocation.Environment.Lifecycle.Complete(invocation);
        var lifecycle = invocation.Environment.Lifecycle;
        var callsOthers = disposables is not null || retirements is not null || telemetry.HasSpan
            || (report is not null && (!report.AllCompleted || options.OnBackgroundReport is not null))
            || ((lifecycle.FlushesMayBlock || options.OnEnded is not null) && !invocation.IsPriming);
        if (!callsOthers)
        {
            telemetry.InvocationEnded(report);
            Flush(invocation);
            return ValueTask.CompletedTask;
        }

        var ending = new InvocationEnding(invocation, options, telemetry, report, disposables, retirements);
        return invocation.IsLimited ? ending.RunInTimeAsync() : new ValueTask(ending.RunStepsAsync());
    }

    /// <summary>On a thread of the pool, so that code which blocks can be left behind.</summary>
    private async ValueTask RunInTimeAsync()
    {
        _invocation.Watch(evenIfOver: true);
        _invocation.IsEnding = true;
        var ending = Task.Run(RunStepsAsync);
        var left = _invocation.RemainingTimeLess(_options.DeadlineMargin / 2);
        left = TimeSpan.FromTicks(Math.Max(Math.Max(left.Ticks, (_invocation.RemainingTime / 2).Ticks), s_minWait.Ticks));
        await ending.WaitAsync(left, _options.Environment.Clock.TimeProvider).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        // A log that blocks has no use for a complaint about that.
        if (!ending.IsCompleted && _step is var step and not LogStep)
        {
            WarmContextLog.EndingUnfinished(_invocation.RequestId, step);
        }
    }

    private async Task RunStepsAsync()
    {
        try
        {
            _report?.LogFailures();
            Report();
            await DisposeAsync().ConfigureAwait(false);
            await RetireAsync().ConfigureAwait(false);
            _step = "a listener of spans or metrics";
            _telemetry.InvocationEnded(_report);
            Flush(_invocation);
            await CallOnEndedAsync().ConfigureAwait(false);
        }
        finally
        {
            _invocation.IsEnding = false;
        }
    }

    private void Report()
    {
        if (_report is null || _options.OnBackgroundReport is not { } callback)
        {
            return;
        }

        try
        {
            _step = $"{nameof(InvocationOptions)}.{nameof(InvocationOptions.OnBackgroundReport)}";
            callback(_report);
        }
        catch (Exception exception)
        {
            WarmContextLog.ReportCallbackFailed(_report.RequestId, exception);
        }
    }

    // Last, so that an exporter finds the invocation's own span and figures.
    private async ValueTask CallOnEndedAsync()
    {
        if (_invocation.IsPriming || _options.OnEnded is not { } callback)
        {
            return;
        }

        try
        {
            _step = $"{nameof(InvocationOptions)}.{nameof(InvocationOptions.OnEnded)}";
            await callback(_invocation.Info).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            WarmContextLog.EndCallbackFailed(_invocation.RequestId, exception);
        }
    }

    private async ValueTask DisposeAsync()
    {
        for (var i = (_disposables?.Count ?? 0) - 1; i >= 0; i--)
        {
            var disposable = _disposables![i];
            try
            {
                _step = $"the disposal of a {disposable.GetType().Name}";
                await disposable.DisposeAsync().ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                WarmContextLog.InvocationDisposalFailed(_invocation.RequestId, disposable.GetType().Name, exception);
            }
        }
    }

    private async ValueTask RetireAsync()
    {
        foreach (var retirement in _retirements ?? [])
        {
            try
            {
                _step = "the disposal of a replaced value";
                await retirement.InvocationEndedAsync().ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                WarmContextLog.DisposalFailed(_invocation.RequestId, "a holder", exception);
            }
        }
    }

    private static void Flush(Invocation invocation)
    {
        if (!invocation.IsPriming)
        {
            // Where several invocations run at once, the figures written now may be several's.
            var environment = invocation.Environment;
            environment.Lifecycle.Flush(environment.MaxConcurrency == 1 ? invocation.RequestId : null);
        }
    }
}
