using System.Diagnostics;

namespace WarmContext;

/// <summary>The figures and the span of one invocation.</summary>
internal sealed class InvocationRecord
{
    private readonly Invocation _invocation;
    private readonly Activity? _activity;

    private InvocationRecord(Invocation invocation)
    {
        _invocation = invocation;
        _activity = Activities.StartInvocation(invocation);
    }

    public static InvocationRecord Begin(Invocation invocation) => new(invocation);

    /// <summary>Records what the handler's end tells. The span stays open until the invocation's background work has ended too.</summary>
    public void HandlerEnded(Exception? exception)
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

    public void InvocationEnded(BackgroundReport? report)
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
        EmbeddedMetrics.FlushAll(_invocation.RequestId);
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
        Instruments.ColdStarts.Add(1, new KeyValuePair<string, object?>("initialization_type", _invocation.Environment.InitializationType.ToString()));
        if (Instruments.InitDuration.Enabled && _invocation.Environment.InitializationType == InitializationType.OnDemand && _invocation.Environment == ExecutionEnvironment.Current)
        {
            using var process = Process.GetCurrentProcess();
            var sinceStart = DateTimeOffset.UtcNow - process.StartTime.ToUniversalTime() - _invocation.Environment.Clock.ElapsedSince(_invocation.Begun);
            Instruments.InitDuration.Record(Math.Max(0, sinceStart.TotalSeconds));
        }
    }
}
