using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace WarmContext.Diagnostics;

/// <summary>
/// The one meter and the one activity source of WarmContext, with the version of the core. Everything that measures asks here.
/// </summary>
/// <remarks>
/// Implementation note: spans are looked at in every invocation, and must not load the assembly of the metrics. That load costs 12 to 40 ms
/// where nothing has used HttpClient yet, and 0.3 to 0.5 ms once the runtime has asked for an event through it. So the two are made apart.
/// </remarks>
internal static class Telemetry
{
    // A listener that throws at the source's making throws again at the next. Each attempt leaves a source behind.
    private const int MaxAttempts = 3;

    private static readonly string? s_version = typeof(Telemetry).Assembly.GetName().Version?.ToString();

    private static ActivitySource? s_source;
    private static Exception? s_failure;
    private static int s_attempts;

    /// <inheritdoc cref="WarmContextDiagnostics.Meter"/>
    public static Meter Meter => Meters.Meter;

    /// <inheritdoc cref="WarmContextDiagnostics.ActivitySource"/>
    public static ActivitySource ActivitySource => Volatile.Read(ref s_source) ?? CreateSource();

    /// <summary>Not in a static constructor: a listener that threw in there would have failed every later use.</summary>
    private static ActivitySource CreateSource()
    {
        if (Volatile.Read(ref s_attempts) >= MaxAttempts)
        {
            throw new InvalidOperationException("Listeners threw whenever WarmContext's activity source was made.", s_failure);
        }

        try
        {
            var source = new ActivitySource(WarmContextDiagnostics.ActivitySourceName, s_version);
            return Interlocked.CompareExchange(ref s_source, source, null) ?? source;
        }
        catch (Exception exception)
        {
            s_failure = exception;
            Interlocked.Increment(ref s_attempts);
            throw;
        }
    }

    private static class Meters
    {
        public static readonly Meter Meter = new(WarmContextDiagnostics.MeterName, s_version);
    }
}
