using WarmContext.Report.Model;

namespace WarmContext.Report.Comparing;

/// <summary>A row, then and now.</summary>
/// <param name="Question">The question's title.</param>
/// <param name="Label">The row's, with its round trip.</param>
/// <param name="Kind">What became of it.</param>
/// <param name="Old">Then.</param>
/// <param name="New">Now.</param>
/// <param name="Ratio">New divided by old; null when either has no samples.</param>
/// <param name="Probability">That chance alone made them differ so much, corrected for the number of rows.</param>
public sealed record RowChange(string Question, string Label, ChangeKind Kind, Row? Old, Row? New, Estimate? Ratio, double? Probability);
