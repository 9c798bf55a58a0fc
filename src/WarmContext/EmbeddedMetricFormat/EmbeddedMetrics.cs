using System.Diagnostics.Metrics;
using WarmContext.Diagnostics;
using WarmContext.EmbeddedMetricFormat;

namespace WarmContext;

/// <summary>
/// Writes the figures of the meter <see cref="WarmContextDiagnostics.MeterName"/> as CloudWatch embedded-metric-format lines at the end of
/// each invocation. So cold starts, cache hits, reuse and abandoned tasks show up in CloudWatch without an agent. Keep it in a static
/// field.
/// </summary>
/// <remarks>
/// <para>
/// The format: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html (read
/// 2026-11-20). Counters are summed over the invocation; histograms are written value by value. Where one invocation runs at a time, a line
/// names it (<c>faas.invocation_id</c>). Elsewhere its figures may be several's.
/// </para>
/// <para>All members are safe to use from several threads at once.</para>
/// </remarks>
public sealed class EmbeddedMetrics : IDisposable
{
    private readonly object _writeGate = new();
    private readonly EmbeddedMetricsOptions _options;
    private readonly Dictionary<string, string> _dimensions;
    private readonly MeterListener _listener;
    private Stream? _output;
    private EmbeddedMetricsBuffer _buffer = new();

    private EmbeddedMetrics(EmbeddedMetricsOptions options)
    {
        _options = options;
        _output = options.Output;
        _dimensions = new Dictionary<string, string>(options.Dimensions, StringComparer.Ordinal);
        if (_dimensions.Count == 0 && options.Environment.FunctionName is { } function)
        {
            _dimensions["FunctionName"] = function;
        }

        _listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == WarmContextDiagnostics.MeterName)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>
    /// Starts to collect. Where an <see cref="InvocationRunner"/> or WarmHandler runs the invocations, the end of each writes.
    /// </summary>
    /// <param name="options">Where to write, and under which names. Default: null, all defaults.</param>
    /// <returns>The collector. Disposing it writes the rest and stops.</returns>
    /// <exception cref="ArgumentException">An option has a value that isn't allowed.</exception>
    public static EmbeddedMetrics Start(EmbeddedMetricsOptions? options = null)
    {
        options ??= new EmbeddedMetricsOptions();
        options.Validate();
        var started = new EmbeddedMetrics(options);
        options.Environment.Lifecycle.AddFlush(started.Flush, options.Output is not null);
        return started;
    }

    /// <summary>Writes what is collected so far. Never throws: figures that can't be written are dropped and logged.</summary>
    public void Flush() => Flush(Invocation.CurrentOrDefault?.RequestId);

    /// <summary>Stops collecting and writes the rest.</summary>
    public void Dispose()
    {
        _options.Environment.Lifecycle.RemoveFlush(Flush);
        Flush();
        _listener.Dispose();
    }

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        while (!Volatile.Read(ref _buffer).TryAdd(instrument, value, tags))
        {
            // Taken by a flush in between: there is a new one.
        }
    }

    private void Flush(string? requestId)
    {
        lock (_writeGate)
        {
            try
            {
                _listener.RecordObservableInstruments();
                var buffer = Interlocked.Exchange(ref _buffer, new EmbeddedMetricsBuffer());
                var timestamp = _options.Environment.Clock.TimeProvider.GetUtcNow().ToUnixTimeMilliseconds();
                foreach (var line in EmbeddedMetricsWriter.Lines(buffer.Take(), _options.Namespace, _dimensions, timestamp, requestId))
                {
                    _output ??= Console.OpenStandardOutput();
                    _output.Write(line.Span);
                    _output.Flush();
                }
            }
            catch (Exception exception)
            {
                WarmContextLog.EmbeddedMetricsFailed(requestId, exception);
            }
        }
    }
}
