using System.Diagnostics;

namespace WarmContext;

/// <summary>The figures and the span of one invocation. A priming run has neither. Never throws: whoever listens runs code of its own here.</summary>
internal sealed class InvocationRecord
{
    private readonly Invocation _invocation;
    private readonly Activity? _activity;

    private InvocationRecord(Invocation invocation)
    {
        _invocation = invocation;
        try
        {
            _activity = invocation.IsPriming ? null : Activities.StartInvocation(invocation);
        }
        catch (Exception exception)
        {
            WarmContextLog.TelemetryFailed(invocation.RequestId, exception);
        }
    }

    public static InvocationRecord Begin(Invocation invocation) => new(invocation);

    /// <summary>Records what the handler's end tells. The span stays open until the invocation's background work has ended too.</summary>
    public void HandlerEnded(Exception? exception)
    {
        if (_invocation.IsPriming)
        {
            return;
        }

        try
        {
            RecordHandler(exception);
        }
        catch (Exception failure)
        {
            WarmContextLog.TelemetryFailed(_invocation.RequestId, failure);
        }
    }

    public void InvocationEnded(BackgroundReport? report)
    {
        if (_invocation.IsPriming)
        {
            return;
        }

        try
        {
            RecordEnd(report);
        }
        catch (Exception failure)
        {
            WarmContextLog.TelemetryFailed(_invocation.RequestId, failure);
        }

        // Where several invocations run at once, the figures written now may be several's.
        EmbeddedMetrics.FlushAll(_invocation.Environment.MaxConcurrency == 1 ? _invocation.RequestId : null);
    }

    private void RecordHandler(Exception? exception)
    {
        if (exception is not null)
        {
            Instruments.Errors.Add(1);
            Activities.SetError(_activity, exception);
            if (exception is TimeoutException && _invocation.RemainingTime == TimeSpan.Zero)
            {
                Instruments.Timeouts.Add(1);
            }
        }
        else
        {
            Instruments.Invocations.Add(1);
        }

        // Reading the clock costs more than everything else here, so only for those who listen.
        if (Instruments.InvokeDuration.Enabled)
        {
            Instruments.InvokeDuration.Record(_invocation.Environment.Clock.ElapsedSince(_invocation.Begun).TotalSeconds);
        }

        if (_invocation.GapSincePrevious is { } gap)
        {
            Instruments.Gap.Record(gap.TotalSeconds);
        }
        else if (_invocation.IsColdStart)
        {
            RecordColdStart();
        }
    }

    private void RecordEnd(BackgroundReport? report)
    {
        if (report is not null)
        {
            AddTasks(report.Completed, "completed");
            AddTasks(report.Failed, "failed");
            AddTasks(report.Cancelled, "cancelled");
            AddTasks(report.Abandoned, "abandoned");
            Instruments.DrainDuration.Record(report.DrainTime.TotalSeconds);
            _activity?.SetTag("warmcontext.background.tasks", report.Tasks.Count);
            _activity?.SetTag("warmcontext.background.abandoned", report.Abandoned);
        }

        _activity?.Dispose();
    }

    private static void AddTasks(int count, string outcome)
    {
        if (count > 0)
        {
            Instruments.BackgroundTasks.Add(count, new KeyValuePair<string, object?>("outcome", outcome));
        }
    }

    private void RecordColdStart()
    {
        var environment = _invocation.Environment;
        Instruments.ColdStarts.Add(1, new KeyValuePair<string, object?>("initialization_type", environment.InitializationType.ToString()));
        if (Instruments.InitDuration.Enabled && environment.InitializationType == InitializationType.OnDemand && environment.ProcessAgeOnLambda is { } age)
        {
            var initialized = age - environment.Clock.ElapsedSince(_invocation.Begun);
            Instruments.InitDuration.Record(Math.Max(0, initialized.TotalSeconds));
        }
    }
}
