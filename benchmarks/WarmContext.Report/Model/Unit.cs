using System.Text.Json.Serialization;

namespace WarmContext.Report.Model;

/// <summary>What a figure counts.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Unit>))]
public enum Unit
{
    /// <summary>Time, in nanoseconds.</summary>
    Nanoseconds,

    /// <summary>Memory, in bytes.</summary>
    Bytes,

    /// <summary>A share, in percent.</summary>
    Percent,

    /// <summary>One figure divided by another.</summary>
    Ratio,
}
