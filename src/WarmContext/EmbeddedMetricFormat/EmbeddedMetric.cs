namespace WarmContext.EmbeddedMetricFormat;

/// <summary>One metric of a line: a counter's sum or a histogram's values.</summary>
internal sealed class EmbeddedMetric(string name, string unit)
{
    public string Name { get; } = name;

    public string Unit { get; } = unit;

    public List<double> Values { get; } = [];
}
