namespace WarmContext.Report.Model;

/// <summary>One way of doing what the question asks about.</summary>
public sealed record Row
{
    /// <summary>Names the row within its question and round trip.</summary>
    public required string Id { get; init; }

    /// <summary>What the table calls it.</summary>
    public required string Label { get; init; }

    public RowRole Role { get; init; }

    /// <summary>
    /// The round trip that the network was given, in milliseconds; null where none was imitated.
    /// A row is compared with the baseline at the same round trip.
    /// </summary>
    public double? RoundTripMilliseconds { get; init; }

    /// <summary>Rows are compared with the baseline of their group; null where there is but one.</summary>
    public string? Group { get; init; }

    /// <summary>Of the successful attempts; null when all failed.</summary>
    public Spread? Spread { get; init; }

    /// <summary>What it takes, divided by what the baseline takes; null for the baseline itself, and where either failed always.</summary>
    public Estimate? Ratio { get; init; }

    /// <summary>What the baseline takes less what this takes: positive is a saving.</summary>
    public Estimate? Saved { get; init; }

    /// <summary>Managed memory allocated by one operation, in bytes; null where it wasn't measured.</summary>
    public double? AllocatedBytes { get; init; }

    public int Attempts { get; init; }

    public int Failed { get; init; }

    /// <summary>How long the failed attempts took, the median in nanoseconds.</summary>
    public double? FailedAfter { get; init; }

    /// <summary>The first error.</summary>
    public string? Error { get; init; }

    /// <summary>The samples in the order of measurement, at most <see cref="Statistics.Samples.MaxKept"/>, to four digits.</summary>
    public IReadOnlyList<double> Samples { get; init; } = [];
}
