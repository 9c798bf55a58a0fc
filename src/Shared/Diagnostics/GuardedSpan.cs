using System.Diagnostics;

namespace WarmContext.Shared.Diagnostics;

/// <summary>
/// A span whose listeners, samplers and exporters fail nobody. After a failure the span that was current before is current again.
/// </summary>
internal readonly struct GuardedSpan : IDisposable
{
    private readonly Activity? _previous;

    private GuardedSpan(Activity? activity, Activity? previous)
    {
        Activity = activity;
        _previous = previous;
    }

    /// <summary>The span; null where nobody listens, or where a listener threw.</summary>
    public Activity? Activity { get; }

    /// <summary>Starts a span. It is a part of <paramref name="parent"/>, or else of the current one.</summary>
    public static GuardedSpan Start(string name, ActivityKind kind = ActivityKind.Internal, ActivityContext parent = default)
    {
        Activity? previous = null;
        try
        {
            var source = WarmContextDiagnostics.ActivitySource;
            if (!source.HasListeners())
            {
                return default;
            }

            previous = Activity.Current;
            return new GuardedSpan(source.StartActivity(name, kind, parent), previous);
        }
        catch (Exception exception)
        {
            // A listener is told of a span that is current already.
            Restore(previous);
            TelemetryLog.TelemetryFailed(exception);
            return default;
        }
    }

    /// <summary>Marks the span as failed, as the conventions for recording errors have it.</summary>
    public void SetError(Exception exception)
    {
        if (Activity is { } activity)
        {
            activity.SetStatus(ActivityStatusCode.Error, exception.Message);
            activity.SetTag("error.type", exception.GetType().FullName);
        }
    }

    /// <summary>Ends the span.</summary>
    public void Dispose()
    {
        if (Activity is not { } activity)
        {
            return;
        }

        try
        {
            activity.Dispose();
        }
        catch (Exception exception)
        {
            Restore(_previous);
            TelemetryLog.TelemetryFailed(exception);
        }
    }

    private static void Restore(Activity? previous)
    {
        if (previous is not { IsStopped: true })
        {
            Activity.Current = previous;
        }
    }
}
