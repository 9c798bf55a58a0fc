using System.Diagnostics;
using WarmContext.Environments;
using WarmContext.Shared.Diagnostics;

namespace WarmContext.Running;

/// <summary>
/// The figures and the span of one invocation. A priming run has neither. Never throws, whatever code a listener runs here.
/// </summary>
internal readonly struct InvocationTelemetry
{
    private readonly Invocation _invocation;
    private readonly GuardedSpan _span;

    private InvocationTelemetry(Invocation invocation, GuardedSpan span)
    {
        _invocation = invocation;
        _span = span;
    }

    /// <summary>True when the span has to be ended, whose listeners may take their time.</summary>
    public bool HasSpan => _span.Activity is not null;

    public static InvocationTelemetry Begin(Invocation invocation) =>
        new(invocation, invocation.IsPriming ? default : StartSpan(invocation));

    /// <summary>Records what the handler's end tells. The span stays open until the invocation's background work has ended too.</summary>
    public void HandlerEnded(Exception? exception)
    {
        if (!_invocation.IsPriming)
        {
            RecordHandler(exception);
        }
    }

    public void InvocationEnded(BackgroundReport? report)
    {
        if (!_invocation.IsPriming)
        {
            RecordEnd(report);
        }
    }

    /// <summary>
    /// The function's ARN with the version that runs in place of the alias it was invoked by: several aliases may lead to one environment
    /// (https://opentelemetry.io/docs/specs/semconv/faas/faas-spans/, read 2026-11-28).
    /// </summary>
    internal static string? ResourceId(string? invokedArn, string? version)
    {
        // arn:aws:lambda:region:account:function:name, and perhaps :alias
        if (invokedArn is null || invokedArn.AsSpan().Count(':') != 7)
        {
            return invokedArn;
        }

        var end = invokedArn.LastIndexOf(':');
        return version is null ? invokedArn[..end] : $"{invokedArn.AsSpan(0, end)}:{version}";
    }

    /// <summary>The span, named after the function; none when nobody listens.</summary>
    private static GuardedSpan StartSpan(Invocation invocation)
    {
        // Inside another instrumentation's server span ours is a part of it.
        var environment = invocation.Environment;
        var isOutermost = Activity.Current is null;
        var span = GuardedSpan.Start(
            environment.FunctionName ?? "invocation",
            isOutermost ? ActivityKind.Server : ActivityKind.Internal,
            isOutermost ? TraceParent.Read(invocation.Info.TraceParent) : default);
        if (span.Activity is { IsAllDataRequested: true } activity)
        {
            activity.SetTag("faas.invocation_id", invocation.RequestId);
            activity.SetTag("faas.coldstart", invocation.IsColdStart);
            activity.SetTag("faas.name", environment.FunctionName);
            activity.SetTag("faas.version", environment.FunctionVersion);
            activity.SetTag("faas.max_memory", environment.MemoryMegabytes * 1024L * 1024);
            activity.SetTag("aws.lambda.invoked_arn", invocation.Info.InvokedFunctionArn);
            activity.SetTag("cloud.resource_id", ResourceId(invocation.Info.InvokedFunctionArn, environment.FunctionVersion));
            activity.SetTag("warmcontext.initialization_type", environment.InitializationType.ToString());
            activity.SetTag("warmcontext.environment.gap", invocation.GapSincePrevious?.TotalSeconds);
        }

        return span;
    }

    private void RecordHandler(Exception? exception)
    {
        if (exception is not null)
        {
            Instruments.Errors.Add(1);
            _span.SetError(exception);
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

    private void RecordColdStart()
    {
        var environment = _invocation.Environment;
        var type = environment.InitializationType;
        Instruments.ColdStarts.Add(1, new KeyValuePair<string, object?>("initialization_type", type.ToString()));
        if (Instruments.InitDuration.Enabled && type == InitializationType.OnDemand && environment.ProcessAgeOnLambda is { } age)
        {
            var initialized = age - environment.Clock.ElapsedSince(_invocation.Begun);
            Instruments.InitDuration.Record(Math.Max(0, initialized.TotalSeconds));
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
            _span.Activity?.SetTag("warmcontext.background.tasks", report.Tasks.Count);
            _span.Activity?.SetTag("warmcontext.background.abandoned", report.Abandoned);
        }

        _span.Dispose();
    }

    private static void AddTasks(int count, string outcome)
    {
        if (count > 0)
        {
            Instruments.BackgroundTasks.Add(count, new KeyValuePair<string, object?>("outcome", outcome));
        }
    }
}
