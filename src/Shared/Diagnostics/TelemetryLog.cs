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
            Write(
                WarmContextLogLevel.Warning, Id, nameof(TelemetryFailed),
                "A listener of WarmContext's metrics or spans threw. WarmContext goes on without it. Failures so far: " +
                $"{failures.ToString(CultureInfo.InvariantCulture)}.",
                exception);
        }
    }

    private static void Write(WarmContextLogLevel level, int id, string name, string message, Exception exception) =>
        WarmContextDiagnostics.Write(new WarmContextLogEntry(level, id, name, message, null, exception));
}
