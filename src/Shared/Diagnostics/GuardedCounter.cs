using System.Diagnostics.Metrics;

namespace WarmContext.Shared.Diagnostics;

/// <summary>A counter whose listeners fail nobody: whoever counts has a lease, a slot or an answer to hand on.</summary>
/// <remarks>Safe to use from several threads at once. Allocates nothing.</remarks>
internal readonly struct GuardedCounter
{
    // Null where a listener threw at the counter's making.
    private readonly Counter<long>? _counter;

    private GuardedCounter(Counter<long>? counter) => _counter = counter;

    /// <summary>True when somebody listens.</summary>
    public bool Enabled => _counter is { Enabled: true };

    public static GuardedCounter Create(string name, string unit, string description)
    {
        try
        {
            return new GuardedCounter(WarmContextDiagnostics.Meter.CreateCounter<long>(name, unit, description));
        }
        catch (Exception exception)
        {
            TelemetryLog.TelemetryFailed(exception);
            return default;
        }
    }

    public void Add(long count)
    {
        if (Enabled)
        {
            Add(count, []);
        }
    }

    public void Add(long count, KeyValuePair<string, object?> tag)
    {
        if (Enabled)
        {
            Add(count, new ReadOnlySpan<KeyValuePair<string, object?>>(in tag));
        }
    }

    public void Add(long count, KeyValuePair<string, object?> tag, KeyValuePair<string, object?> otherTag)
    {
        if (Enabled)
        {
            Add(count, [tag, otherTag]);
        }
    }

    private void Add(long count, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        try
        {
            _counter!.Add(count, tags);
        }
        catch (Exception exception)
        {
            TelemetryLog.TelemetryFailed(exception);
        }
    }
}
