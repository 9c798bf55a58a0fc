namespace WarmContext.Report.Model;

/// <summary>What was asked, and what each way of doing it takes.</summary>
public sealed record Question
{
    /// <summary>Lower case with hyphens; stays the same from version to version, so that results can be compared.</summary>
    public required string Id { get; init; }

    /// <summary>The <see cref="Catalog.Practice"/> that it belongs to.</summary>
    public required string Practice { get; init; }

    public required string Title { get; init; }

    /// <summary>A sentence on what this setup hides.</summary>
    public required string Hides { get; init; }

    public Unit Unit { get; init; }

    /// <summary>Whether rounds were taken in turn, so that sample n of every row belongs together.</summary>
    public bool Paired { get; init; }

    /// <summary>Whether the table shows the slowest invocations as well.</summary>
    public bool ShowsTail { get; init; }

    /// <summary>What is said of attempts that failed; null for the usual word.</summary>
    public string? FailureWord { get; init; }

    /// <summary>What was found out about the setup, such as the round trip that a relay really gave.</summary>
    public string? Note { get; init; }

    public required IReadOnlyList<Row> Rows { get; init; }

    public Row? Find(string row, double? roundTripMilliseconds = null) =>
        Rows.FirstOrDefault(r => r.Id == row && (roundTripMilliseconds is null || r.RoundTripMilliseconds == roundTripMilliseconds));

    public Row? BaselineOf(Row row) => Rows.FirstOrDefault(r =>
        r.Role == RowRole.Baseline && r.RoundTripMilliseconds == row.RoundTripMilliseconds && r.Group == row.Group);
}
