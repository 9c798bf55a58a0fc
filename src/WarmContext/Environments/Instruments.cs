using WarmContext.Shared.Diagnostics;

namespace WarmContext.Environments;

/// <summary>
/// The core's instruments. Names that begin with "faas." are those of the OpenTelemetry semantic conventions for functions. Touched for the
/// first time when the first invocation's handler is done, never in Init.
/// </summary>
internal static class Instruments
{
    public static readonly GuardedHistogram InvokeDuration =
        GuardedHistogram.Create("faas.invoke_duration", "s", "How long the function's handler ran.");

    public static readonly GuardedHistogram InitDuration = GuardedHistogram.Create(
        "faas.init_duration", "s", "From the start of the process to the first invocation, where somebody waited for it.");

    public static readonly GuardedCounter ColdStarts =
        GuardedCounter.Create("faas.coldstarts", "{coldstart}", "Invocations that had to wait for Init.");

    public static readonly GuardedCounter Invocations =
        GuardedCounter.Create("faas.invocations", "{invocation}", "Invocations whose handler succeeded.");

    public static readonly GuardedCounter Errors =
        GuardedCounter.Create("faas.errors", "{error}", "Invocations whose handler failed.");

    public static readonly GuardedCounter Timeouts =
        GuardedCounter.Create("faas.timeouts", "{timeout}", "Invocations that were given up at their deadline.");

    public static readonly GuardedHistogram Gap = GuardedHistogram.Create(
        "warmcontext.environment.gap", "s", "How long no invocation ran before this one: idle or frozen time.");

    public static readonly GuardedCounter BackgroundTasks =
        GuardedCounter.Create("warmcontext.background.tasks", "{task}", "Background tasks, by how they ended.");

    public static readonly GuardedHistogram DrainDuration = GuardedHistogram.Create(
        "warmcontext.background.drain_duration", "s",
        "How long an invocation waited for its background work after the handler was done.");

    public static readonly GuardedHistogram WarmUpDuration = GuardedHistogram.Create(
        "warmcontext.warmup.duration", "s", "How long an item of the warm-up took, by item and outcome.");
}
