using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace WarmContext.Diagnostics;

/// <summary>
/// The one meter and the one activity source of WarmContext, with the version of the core, and the core's instruments. Everything that
/// measures asks here. Names that begin with "faas." are those of the OpenTelemetry semantic conventions for functions.
/// </summary>
/// <remarks>
/// Implementation note: the nested classes are initialized one by one. Spans are looked at in every invocation, and must not load the
/// assembly of the metrics. That load costs 12 to 40 ms where nothing has used HttpClient yet, and 0.3 to 0.5 ms once the runtime has asked
/// for an event through it. So the instruments are first touched when the first invocation's handler is done, never in Init.
/// </remarks>
internal static class Telemetry
{
    private static readonly string? s_version = typeof(Telemetry).Assembly.GetName().Version?.ToString();

    /// <inheritdoc cref="WarmContextDiagnostics.Meter"/>
    public static Meter Meter => Meters.Meter;

    /// <inheritdoc cref="WarmContextDiagnostics.ActivitySource"/>
    public static ActivitySource ActivitySource => Sources.Source;

    /// <summary>Marks a span as failed, as the conventions for recording errors have it.</summary>
    public static void SetError(Activity? activity, Exception exception)
    {
        if (activity is not null)
        {
            activity.SetStatus(ActivityStatusCode.Error, exception.Message);
            activity.SetTag("error.type", exception.GetType().FullName);
        }
    }

    private static class Meters
    {
        public static readonly Meter Meter = new(WarmContextDiagnostics.MeterName, s_version);
    }

    private static class Sources
    {
        public static readonly ActivitySource Source = new(WarmContextDiagnostics.ActivitySourceName, s_version);
    }

    /// <summary>The core's instruments.</summary>
    public static class Instruments
    {
        public static readonly Histogram<double> InvokeDuration =
            Meter.CreateHistogram<double>("faas.invoke_duration", "s", "How long the function's handler ran.");

        public static readonly Histogram<double> InitDuration = Meter.CreateHistogram<double>(
            "faas.init_duration", "s", "From the start of the process to the first invocation, where somebody waited for it.");

        public static readonly Counter<long> ColdStarts =
            Meter.CreateCounter<long>("faas.coldstarts", "{coldstart}", "Invocations that had to wait for Init.");

        public static readonly Counter<long> Invocations =
            Meter.CreateCounter<long>("faas.invocations", "{invocation}", "Invocations whose handler succeeded.");

        public static readonly Counter<long> Errors =
            Meter.CreateCounter<long>("faas.errors", "{error}", "Invocations whose handler failed.");

        public static readonly Counter<long> Timeouts =
            Meter.CreateCounter<long>("faas.timeouts", "{timeout}", "Invocations that were given up at their deadline.");

        public static readonly Histogram<double> Gap = Meter.CreateHistogram<double>(
            "warmcontext.environment.gap", "s", "How long no invocation ran before this one: idle or frozen time.");

        public static readonly Counter<long> BackgroundTasks =
            Meter.CreateCounter<long>("warmcontext.background.tasks", "{task}", "Background tasks, by how they ended.");

        public static readonly Histogram<double> DrainDuration = Meter.CreateHistogram<double>(
            "warmcontext.background.drain_duration", "s",
            "How long an invocation waited for its background work after the handler was done.");

        public static readonly Histogram<double> WarmUpDuration = Meter.CreateHistogram<double>(
            "warmcontext.warmup.duration", "s", "How long an item of the warm-up took, by item and outcome.");
    }
}
