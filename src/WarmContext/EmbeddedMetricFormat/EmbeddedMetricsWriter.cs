using System.Buffers;
using System.Text.Json;

namespace WarmContext.EmbeddedMetricFormat;

/// <summary>Writes the documents of CloudWatch's embedded metric format, a line each, within its limits.</summary>
internal static class EmbeddedMetricsWriter
{
    // The limits of the specification: metrics in a directive, values in a metric, dimensions in a set, their lengths.
    private const int MaxMetrics = 100;
    private const int MaxValues = 100;
    private const int MaxDimensions = 30;
    private const int MaxDimensionNameLength = 250;
    private const int MaxDimensionValueLength = 1024;

    // A log event may have 256 KB; with at most 25 characters a value this stays far below.
    private const int MaxValuesInLine = 2000;

    public static IEnumerable<ReadOnlyMemory<byte>> Lines(
        IEnumerable<EmbeddedMetricGroup> groups,
        string metricNamespace,
        IReadOnlyDictionary<string, string> dimensions,
        long timestamp,
        string? requestId)
    {
        foreach (var group in groups)
        {
            var all = Merge(dimensions, group.Dimensions);
            foreach (var slices in Split(group.Metrics))
            {
                yield return Line(slices, metricNamespace, all, timestamp, requestId);
            }
        }
    }

    private static List<KeyValuePair<string, string>> Merge(
        IReadOnlyDictionary<string, string> common, IReadOnlyDictionary<string, string> tags)
    {
        var merged = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in common.Concat(tags).Take(MaxDimensions))
        {
            merged[Clean(name, MaxDimensionNameLength)] = Clean(value, MaxDimensionValueLength);
        }

        return [.. merged];
    }

    /// <summary>Divides metrics over lines. A metric appears once in a line; values over its limit go into the next.</summary>
    private static List<List<Slice>> Split(IEnumerable<EmbeddedMetric> metrics)
    {
        var lines = new List<List<Slice>>();
        foreach (var metric in metrics)
        {
            var line = 0;
            for (var offset = 0; offset < metric.Values.Count; offset += MaxValues, line++)
            {
                var slice = new Slice(metric, offset, Math.Min(MaxValues, metric.Values.Count - offset));
                while (line < lines.Count && !HasRoom(lines[line], slice))
                {
                    line++;
                }

                if (line == lines.Count)
                {
                    lines.Add([]);
                }

                lines[line].Add(slice);
            }
        }

        return lines;
    }

    private static bool HasRoom(List<Slice> line, Slice slice) =>
        line.Count < MaxMetrics && line.Sum(static other => other.Count) + slice.Count <= MaxValuesInLine;

    private static ReadOnlyMemory<byte> Line(
        List<Slice> slices, string metricNamespace, List<KeyValuePair<string, string>> dimensions, long timestamp, string? requestId)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            WriteDirective(json, slices, metricNamespace, dimensions, timestamp);
            foreach (var (name, value) in dimensions)
            {
                json.WriteString(name, value);
            }

            if (requestId is not null && !dimensions.Exists(static dimension => dimension.Key == "faas.invocation_id"))
            {
                json.WriteString("faas.invocation_id", requestId);
            }

            foreach (var slice in slices)
            {
                WriteValues(json, slice);
            }

            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenMemory;
    }

    private static void WriteDirective(
        Utf8JsonWriter json, List<Slice> slices, string metricNamespace, List<KeyValuePair<string, string>> dimensions, long timestamp)
    {
        json.WriteStartObject("_aws");
        json.WriteNumber("Timestamp", timestamp);
        json.WriteStartArray("CloudWatchMetrics");
        json.WriteStartObject();
        json.WriteString("Namespace", metricNamespace);
        json.WriteStartArray("Dimensions");
        json.WriteStartArray();
        foreach (var (name, _) in dimensions)
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
        json.WriteEndArray();
        json.WriteStartArray("Metrics");
        foreach (var slice in slices)
        {
            json.WriteStartObject();
            json.WriteString("Name", slice.Metric.Name);
            json.WriteString("Unit", slice.Metric.Unit);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteValues(Utf8JsonWriter json, Slice slice)
    {
        if (slice.Count == 1)
        {
            json.WriteNumber(slice.Metric.Name, slice.Metric.Values[slice.Offset]);
            return;
        }

        json.WriteStartArray(slice.Metric.Name);
        for (var i = slice.Offset; i < slice.Offset + slice.Count; i++)
        {
            json.WriteNumberValue(slice.Metric.Values[i]);
        }

        json.WriteEndArray();
    }

    /// <summary>CloudWatch takes printable ASCII alone in dimensions, and drops a document with anything else in them.</summary>
    private static string Clean(string text, int length)
    {
        var cut = text.Length <= length ? text : text[..length];
        return IsClean(cut)
            ? cut
            : new string(Array.ConvertAll(cut.ToCharArray(), static character => character is >= ' ' and <= '~' ? character : '?'));
    }

    /// <summary>True for printable ASCII.</summary>
    public static bool IsClean(string text) => !text.AsSpan().ContainsAnyExceptInRange(' ', '~');

    private readonly record struct Slice(EmbeddedMetric Metric, int Offset, int Count);
}
