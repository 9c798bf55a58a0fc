using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace WarmContext;

/// <summary>The one meter and the one activity source of WarmContext, with the version of the core. Everything that measures asks here.</summary>
internal static class Telemetry
{
    private static readonly string? s_version = typeof(Telemetry).Assembly.GetName().Version?.ToString();

    /// <inheritdoc cref="WarmContextDiagnostics.Meter"/>
    public static Meter Meter => Meters.Meter;

    /// <inheritdoc cref="WarmContextDiagnostics.ActivitySource"/>
    public static ActivitySource ActivitySource => Activities.Source;

    // Classes of their own: spans are looked at in every invocation, and must not load the assembly of the metrics, which costs Init 12 to 40 ms.
    private static class Meters
    {
        public static readonly Meter Meter = new(WarmContextDiagnostics.MeterName, s_version);
    }

    private static class Activities
    {
        public static readonly ActivitySource Source = new(WarmContextDiagnostics.ActivitySourceName, s_version);
    }
}
