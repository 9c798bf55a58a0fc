namespace WarmContext.Report.Catalog;

/// <summary>A class of a BenchmarkDotNet project, and how the report shows it.</summary>
public sealed record BenchmarkQuestion(
    string Id, string Practice, string Project, string Type, string Title, string Hides, IReadOnlyList<BenchmarkRow> Rows)
{
    /// <summary>The class brings a job of its own (it takes long, and is run few times): no other is given on the command line.</summary>
    public bool HasOwnJob { get; init; }
}
