using WarmContext.EmbeddedMetricFormat;
using WarmContext.Shared;

namespace WarmContext;

/// <summary>Options of <see cref="EmbeddedMetrics"/>: where the lines go, and under which names.</summary>
public sealed class EmbeddedMetricsOptions
{
    private const int MaxNamespaceLength = 255;
    private const int MaxOwnDimensions = 20;

    /// <summary>The CloudWatch namespace.</summary>
    /// <value>Default: "WarmContext". Allowed: 1 to 255 printable ASCII characters.</value>
    public string Namespace { get; set; } = "WarmContext";

    /// <summary>
    /// The dimensions of every metric, besides the tags that it is recorded with. CloudWatch charges for each combination of values as a
    /// metric of its own. In tags, characters other than printable ASCII are written as question marks.
    /// </summary>
    /// <value>
    /// Default: empty, which stands for FunctionName where there is one. Allowed: up to 20, with names and values of printable ASCII that
    /// are not blank.
    /// </value>
    public IDictionary<string, string> Dimensions { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The stream that receives the lines. Each line is one write.</summary>
    /// <value>
    /// Default: null, which stands for the process's standard output, past <see cref="Console.Out"/>: the managed runtime puts a prefix
    /// before what is written there, and CloudWatch wants bare JSON.
    /// </value>
    public Stream? Output { get; set; }

    /// <summary>The environment. Each end of an invocation in it writes, and its clock gives the timestamps.</summary>
    /// <value>Default: <see cref="ExecutionEnvironment.Current"/>.</value>
    public ExecutionEnvironment Environment { get; set; } = ExecutionEnvironment.Current;

    internal void Validate()
    {
        const string type = nameof(EmbeddedMetricsOptions);
        if (string.IsNullOrWhiteSpace(Namespace) || Namespace.Length > MaxNamespaceLength || !EmbeddedMetricsWriter.IsClean(Namespace))
        {
            throw new ArgumentException(
                $"{type}.{nameof(Namespace)} is '{Namespace}'; it must have 1 to {MaxNamespaceLength} printable ASCII characters.");
        }

        if (Dimensions.Count > MaxOwnDimensions)
        {
            throw new ArgumentException(
                $"{type}.{nameof(Dimensions)} has {Dimensions.Count} entries; at most {MaxOwnDimensions} are allowed, " +
                "so that tags fit in beside them.");
        }

        foreach (var (name, value) in Dimensions)
        {
            if (!IsAllowed(name, value))
            {
                throw new ArgumentException(
                    $"{type}.{nameof(Dimensions)} has '{name}' = '{value}'; names and values must be printable ASCII and not blank, " +
                    "and a name must neither be '_aws' nor begin with a colon.");
            }
        }

        Guard.NotNull(Environment, type, nameof(Environment), "leave its default or set an environment");
    }

    private static bool IsAllowed(string name, string value) =>
        !string.IsNullOrWhiteSpace(name)
        && !name.StartsWith(':')
        && name != "_aws"
        && !string.IsNullOrWhiteSpace(value)
        && EmbeddedMetricsWriter.IsClean(name)
        && EmbeddedMetricsWriter.IsClean(value);
}
