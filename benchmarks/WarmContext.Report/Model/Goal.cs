namespace WarmContext.Report.Model;

/// <summary>A speed goal of the project, and whether it was met.</summary>
public sealed record Goal
{
    public required string Id { get; init; }

    public required string Practice { get; init; }

    public required string Text { get; init; }

    /// <summary>The question that answers it.</summary>
    public required string Question { get; init; }

    public required double Bound { get; init; }

    /// <summary>Whether the bound is the most allowed, or the least.</summary>
    public bool IsUpperBound { get; init; } = true;

    public Unit Unit { get; init; }

    /// <summary>Null when this run has not measured it.</summary>
    public Estimate? Measured { get; init; }

    /// <summary>Null when it was not measured.</summary>
    public bool? IsMet => Measured is null ? null : IsUpperBound ? Measured.Value <= Bound : Measured.Value >= Bound;

    /// <summary>Whether the interval lies on one side of the bound, so that chance has not decided.</summary>
    public bool IsClear => Measured is { } m && (m.High <= Bound || m.Low >= Bound);
}
