using WarmContext.Report.Model;

namespace WarmContext.Report.Statistics;

/// <summary>What was measured of one way of doing a thing, before it is compared with the others.</summary>
public sealed record Measured(string Id, string Label, RowRole Role)
{
    public double? RoundTripMilliseconds { get; init; }

    /// <summary>Rows are compared with the baseline of their group; null where there is but one.</summary>
    public string? Group { get; init; }

    /// <summary>Of the successful attempts, in the order of measurement.</summary>
    public IReadOnlyList<double> Samples { get; init; } = [];

    public double? AllocatedBytes { get; init; }

    public int Failed { get; init; }

    /// <summary>How many succeeded that were counted and not timed.</summary>
    public int Succeeded { get; init; }

    /// <summary>How long each failed attempt took.</summary>
    public IReadOnlyList<double> FailedAfter { get; init; } = [];

    public string? Error { get; init; }
}
