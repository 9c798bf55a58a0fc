using System.Globalization;

namespace WarmContext.Shared.Diagnostics;

/// <summary>Reports listeners that throw. The number is one of the core's; every package that has figures compiles this in.</summary>
internal static class TelemetryLog
{
    private const int Id = 23;

    private static long s_failures;

    /// <summary>
    /// A listener, a sampler or an exporter threw. A broken one throws at every measurement, so only the first failure is logged, the
    /// second, the fourth and so on.
    /// </summary>
    public static void TelemetryFailed(Exception exception)
    {
        var failures = Interlocked.Increment(ref s_failures);
        if (long.IsPow2(failures))
        {
            var count = failures.ToString(CultureInfo.InvariantCulture);
            WarmContextDiagnostics.Write(new WarmContextLogEntry(
                WarmContextLogLevel.Warning, Id, nameof(TelemetryFailed),
                $"A listener of WarmContext's metrics or spans threw (failures so far: {count}). WarmContext goes on without it.",
                null, exception));
        }
    }
}
