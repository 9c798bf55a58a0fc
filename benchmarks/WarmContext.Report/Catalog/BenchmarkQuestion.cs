namespace WarmContext.Report.Catalog;

/// <summary>A BenchmarkDotNet class, and how the report shows it.</summary>
/// <param name="Id">The question's id.</param>
/// <param name="Practice">The practice it is about.</param>
/// <param name="Group">The classes of a group run in one process.</param>
/// <param name="Type">The class.</param>
/// <param name="Title">The heading.</param>
/// <param name="Hides">What the setup hides.</param>
/// <param name="Rows">Its methods.</param>
public sealed record BenchmarkQuestion(
    string Id, string Practice, string Group, string Type, string Title, string Hides, IReadOnlyList<BenchmarkRow> Rows)
{
    /// <summary>The class brings a job of its own (it takes long, and is run few times): no other is given on the command line.</summary>
    public bool HasOwnJob { get; init; }
}
