using System.Diagnostics;

namespace WarmContext;

/// <summary>The core's spans.</summary>
internal static class Activities
{
    /// <summary>The span of an invocation, named after the function; null when nobody listens.</summary>
    public static Activity? StartInvocation(Invocation invocation)
    {
        if (!Telemetry.ActivitySource.HasListeners())
        {
            return null;
        }

        // Inside another instrumentation's server span ours is a part of it.
        var environment = invocation.Environment;
        var activity = Telemetry.ActivitySource.StartActivity(environment.FunctionName ?? "invocation", Activity.Current is null ? ActivityKind.Server : ActivityKind.Internal);
        if (activity is { IsAllDataRequested: true })
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

        return activity;
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

    /// <summary>A span within the current one; null when nobody listens.</summary>
    public static Activity? Start(string name) => Telemetry.ActivitySource.StartActivity(name);

    /// <summary>Marks a span as failed, as the conventions for recording errors have it.</summary>
    public static void SetError(Activity? activity, Exception exception)
    {
        if (activity is not null)
        {
            activity.SetStatus(ActivityStatusCode.Error, exception.Message);
            activity.SetTag("error.type", exception.GetType().FullName);
        }
    }
}
