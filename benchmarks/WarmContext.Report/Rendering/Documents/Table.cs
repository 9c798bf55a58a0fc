namespace WarmContext.Report.Rendering.Documents;

/// <summary>A table. Columns are text or figures, which stand on the right.</summary>
/// <param name="Caption">What it is, for those who can't see where it stands.</param>
/// <param name="Columns">The headers; one that begins with <c>&gt;</c> is of a column of figures.</param>
/// <param name="Rows">The cells.</param>
public sealed record Table(string Caption, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows) : Block
{
    public bool IsFigure(int column) => Columns[column].StartsWith('>');

    public string Header(int column) => Columns[column].TrimStart('>');
}
