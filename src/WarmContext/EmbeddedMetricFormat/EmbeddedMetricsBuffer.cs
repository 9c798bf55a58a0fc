using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace WarmContext.EmbeddedMetricFormat;

/// <summary>Collects measurements until they are taken. From then on it refuses more: those belong to the next buffer.</summary>
internal sealed class EmbeddedMetricsBuffer
{
    // More than any invocation makes; a bound so that an environment without flushes doesn't grow.
    private const int MaxValues = 10_000;

    private readonly object _gate = new();
    private readonly Dictionary<string, EmbeddedMetricGroup> _groups = new(StringComparer.Ordinal);
    private int _values;
    private bool _isTaken;

    /// <summary>False when the buffer has been taken.</summary>
    public bool TryAdd(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        // Neither can be written as a JSON number.
        if (!double.IsFinite(value))
        {
            return true;
        }

        var key = Key(tags);
        lock (_gate)
        {
            if (_isTaken)
            {
                return false;
            }

            if (_values >= MaxValues)
            {
                return true;
            }

            if (!_groups.TryGetValue(key, out var group))
            {
                _groups.Add(key, group = new EmbeddedMetricGroup(Dimensions(tags)));
            }

            _values += group.Add(instrument, value) ? 1 : 0;
            return true;
        }
    }

    public IReadOnlyCollection<EmbeddedMetricGroup> Take()
    {
        lock (_gate)
        {
            _isTaken = true;
            return _groups.Values.ToArray();
        }
    }

    private static string Key(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
        {
            return string.Empty;
        }

        var key = new StringBuilder();
        foreach (var (name, value) in tags)
        {
            key.Append(name).Append('\u0001').Append(Text(value)).Append('\u0002');
        }

        return key.ToString();
    }

    private static Dictionary<string, string> Dimensions(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var dimensions = new Dictionary<string, string>(tags.Length, StringComparer.Ordinal);
        foreach (var (name, value) in tags)
        {
            // CloudWatch takes no blank dimension.
            var text = Text(value);
            if (!string.IsNullOrWhiteSpace(text))
            {
                dimensions[name] = text;
            }
        }

        return dimensions;
    }

    private static string Text(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty;
}
