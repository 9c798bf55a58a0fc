using System.Diagnostics.Metrics;

namespace WarmContext;

/// <summary>
/// The core's meter and instruments. Names that begin with "faas." are those of the OpenTelemetry semantic conventions for functions.
/// </summary>
/// <remarks>
/// Implementation note: touched for the first time when the first invocation's handler is done, never in Init. Loading the assembly of the
/// metrics costs 12 to 40 ms where nothing has used HttpClient yet; once the runtime has asked for an event through it, 0.3 to 0.5 ms are left.
/// </remarks>
internal static class Instruments
{
    public static Histogram<double> InvokeDuration { get; } =
        Telemetry.Meter.CreateHistogram<double>("faas.invoke_duration", "s", "How long the function's handler ran.");

    public static Histogram<double> InitDuration { get; } =
        Telemetry.Meter.CreateHistogram<double>("faas.init_duration", "s", "From the start of the process to the first invocation, where somebody waited for it.");

    public static Counter<long> ColdStarts { get; } =
        Telemetry.Meter.CreateCounter<long>("faas.coldstarts", "{coldstart}", "Invocations that had to wait for Init.");

    public static Counter<long> Invocations { get; } =
        Telemetry.Meter.CreateCounter<long>("faas.invocations", "{invocation}", "Invocations whose handler succeeded.");

    public static Counter<long> Errors { get; } =
        Telemetry.Meter.CreateCounter<long>("faas.errors", "{error}", "Invocations whose handler failed.");

    public static Counter<long> Timeouts { get; } =
        Telemetry.Meter.CreateCounter<long>("faas.timeouts", "{timeout}", "Invocations that were given up at their deadline.");

    public static Histogram<double> Gap { get; } =
        Telemetry.Meter.CreateHistogram<double>("warmcontext.environment.gap", "s", "How long no invocation ran before this one: idle or frozen time.");

    public static Counter<long> BackgroundTasks { get; } =
        Telemetry.Meter.CreateCounter<long>("warmcontext.background.tasks", "{task}", "Background tasks, by how they ended.");

    public static Histogram<double> DrainDuration { get; } =
        Telemetry.Meter.CreateHistogram<double>("warmcontext.background.drain_duration", "s", "How long an invocation waited for its background work after the handler was done.");

    public static Histogram<double> WarmUpDuration { get; } =
        Telemetry.Meter.CreateHistogram<double>("warmcontext.warmup.duration", "s", "How long an item of the warm-up took, by item and outcome.");
}
