using System.Diagnostics.Metrics;

namespace WarmContext.EmbeddedMetricFormat;

/// <summary>The measurements that share their tags, and so their dimensions.</summary>
internal sealed class EmbeddedMetricGroup(IReadOnlyDictionary<string, string> dimensions)
{
    private readonly Dictionary<string, EmbeddedMetric> _metrics = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, string> Dimensions { get; } = dimensions;

    public IReadOnlyCollection<EmbeddedMetric> Metrics => _metrics.Values;

    /// <summary>True when the measurement is a value of its own rather than an addition to one.</summary>
    public bool Add(Instrument instrument, double value)
    {
        if (!_metrics.TryGetValue(instrument.Name, out var metric))
        {
            _metrics.Add(instrument.Name, metric = new EmbeddedMetric(instrument.Name, Unit(instrument.Unit)));
        }

        var values = metric.Values;
        var isHistogram = instrument is Histogram<double> or Histogram<long> or Histogram<int>;
        if (isHistogram || values.Count == 0)
        {
            values.Add(value);
            return true;
        }

        values[0] = instrument.IsObservable ? value : values[0] + value;
        return false;
    }

    // CloudWatch's names for the units of OpenTelemetry (UCUM) that WarmContext uses.
    private static string Unit(string? unit) => unit switch
    {
        null or "" => "None",
        "s" => "Seconds",
        "ms" => "Milliseconds",
        "us" => "Microseconds",
        "By" => "Bytes",
        "%" => "Percent",
        _ when unit[0] == '{' => "Count",
        _ => "None",
    };
}
