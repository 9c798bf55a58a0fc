using System.Diagnostics.Metrics;

namespace WarmContext.Shared.Diagnostics;

/// <summary>A histogram whose listeners fail nobody, as those of a <see cref="GuardedCounter"/>.</summary>
/// <remarks>Safe to use from several threads at once. Allocates nothing.</remarks>
internal readonly struct GuardedHistogram
{
    // Null where a listener threw at the histogram's making.
    private readonly Histogram<double>? _histogram;

    private GuardedHistogram(Histogram<double>? histogram) => _histogram = histogram;

    /// <summary>True when somebody listens.</summary>
    public bool Enabled => _histogram is { Enabled: true };

    public static GuardedHistogram Create(string name, string unit, string description)
    {
        try
        {
            return new GuardedHistogram(WarmContextDiagnostics.Meter.CreateHistogram<double>(name, unit, description));
        }
        catch (Exception exception)
        {
            TelemetryLog.TelemetryFailed(exception);
            return default;
        }
    }

    public void Record(double value)
    {
        if (Enabled)
        {
            Record(value, []);
        }
    }

    public void Record(double value, KeyValuePair<string, object?> tag)
    {
        if (Enabled)
        {
            Record(value, new ReadOnlySpan<KeyValuePair<string, object?>>(in tag));
        }
    }

    public void Record(double value, KeyValuePair<string, object?> tag, KeyValuePair<string, object?> otherTag)
    {
        if (Enabled)
        {
            Record(value, [tag, otherTag]);
        }
    }

    private void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        try
        {
            _histogram!.Record(value, tags);
        }
        catch (Exception exception)
        {
            TelemetryLog.TelemetryFailed(exception);
        }
    }
}
