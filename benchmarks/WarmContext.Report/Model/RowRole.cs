using System.Text.Json.Serialization;

namespace WarmContext.Report.Model;

/// <summary>What a row is in its table.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RowRole>))]
public enum RowRole
{
    /// <summary>Another way, neither the usual one nor ours.</summary>
    Alternative,

    /// <summary>The usual way, which ratios and savings refer to.</summary>
    Baseline,

    /// <summary>WarmContext's way.</summary>
    WarmContext,
}
