using WarmContext.EmbeddedMetricFormat;
using WarmContext.Shared;

namespace WarmContext;

/// <summary>Where <see cref="EmbeddedMetrics"/> writes to, and under which names.</summary>
public sealed class EmbeddedMetricsOptions
{
    /// <summary>The CloudWatch namespace. <value>Default: "WarmContext". Allowed: 1 to 255 printable ASCII characters.</value></summary>
    public string Namespace { get; set; } = "WarmContext";

    /// <summary>
    /// Dimensions of every metric, besides the tags it is recorded with. Each combination of values is a metric of its own that CloudWatch
    /// charges for. <value>Default: empty, which stands for FunctionName where there is one. Allowed: up to 20, with names and values of printable ASCII that are not blank. In tags, other characters are written as question marks.</value>
    /// </summary>
    public IDictionary<string, string> Dimensions { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// Where the lines go: each is one write. <value>Default: null, which stands for the process's standard output, past
    /// <see cref="Console.Out"/>, because the managed runtime puts a prefix before what is written there, and CloudWatch wants bare JSON.</value>
    /// </summary>
    public Stream? Output { get; set; }

    /// <summary>The environment whose invocations' ends write, and whose clock gives the timestamps. <value>Default: <see cref="ExecutionEnvironment.Current"/>.</value></summary>
    public ExecutionEnvironment Environment { get; set; } = ExecutionEnvironment.Current;

    internal void Validate()
    {
        if (string.IsNullOrWhiteSpace(Namespace) || Namespace.Length > 255 || !EmbeddedMetricsWriter.IsClean(Namespace))
        {
            throw new ArgumentException($"{nameof(EmbeddedMetricsOptions)}.{nameof(Namespace)} is '{Namespace}'; it must have 1 to 255 printable ASCII characters.");
        }

        if (Dimensions.Count > 20)
        {
            throw new ArgumentException($"{nameof(EmbeddedMetricsOptions)}.{nameof(Dimensions)} has {Dimensions.Count} entries; at most 20 are allowed, so that tags fit in beside them.");
        }

        foreach (var (name, value) in Dimensions)
        {
            if (string.IsNullOrWhiteSpace(name) || name.StartsWith(':') || name == "_aws" || string.IsNullOrWhiteSpace(value) || !EmbeddedMetricsWriter.IsClean(name) || !EmbeddedMetricsWriter.IsClean(value))
            {
                throw new ArgumentException($"{nameof(EmbeddedMetricsOptions)}.{nameof(Dimensions)} has '{name}' = '{value}'; names and values must be printable ASCII and not blank, and a name neither '_aws' nor begin with a colon.");
            }
        }

        Guard.NotNull(Environment, nameof(EmbeddedMetricsOptions), nameof(Environment), "leave its default or set an environment");
    }
}
