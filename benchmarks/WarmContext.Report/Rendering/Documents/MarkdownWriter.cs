using System.Globalization;
using System.Text;

namespace WarmContext.Report.Rendering.Documents;

/// <summary>Writes a document as GitHub shows it best; charts are files beside it, one for each theme.</summary>
public static class MarkdownWriter
{
    public static string Write(IEnumerable<Block> document)
    {
        ArgumentNullException.ThrowIfNull(document);
        return string.Join('\n', document.Select(Write));
    }

    /// <summary>The table alone.</summary>
    public static string Write(Table table)
    {
        ArgumentNullException.ThrowIfNull(table);
        var text = new StringBuilder();
        var columns = Enumerable.Range(0, table.Columns.Count).ToArray();
        AppendRow(text, columns.Select(table.Header));
        text.Append('|').AppendJoin('|', columns.Select(column => table.IsFigure(column) ? "---:" : "---")).Append("|\n");
        foreach (var row in table.Rows)
        {
            AppendRow(text, row);
        }

        return text.ToString();
    }

    private static string Write(Block block) => block switch
    {
        Heading heading => $"{new string('#', heading.Level)} {Escape(heading.Text)}\n",
        Paragraph { IsRemark: true } remark => $"<sub>{remark.Text}</sub>\n",
        Paragraph paragraph => paragraph.Text + "\n",
        Table table => Write(table),
        Figure figure => string.Create(
            CultureInfo.InvariantCulture,
            $"<picture>\n  <source media=\"(prefers-color-scheme: dark)\" srcset=\"{figure.Chart.Id}-dark.svg\">\n"
                + $"  <img alt=\"{System.Net.WebUtility.HtmlEncode(figure.Chart.Description)}\" src=\"{figure.Chart.Id}.svg\">\n"
                + $"</picture>\n"),
        _ => throw new ArgumentException($"There is no Markdown for {block.GetType().Name}."),
    };

    private static void AppendRow(StringBuilder text, IEnumerable<string> cells) =>
        text.Append("| ").AppendJoin(" | ", cells.Select(Escape)).Append(" |\n");

    // A type's angle brackets would vanish as an unknown element, and a bar would begin another cell.
    private static string Escape(string text) =>
        text.Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).ReplaceLineEndings(" ");
}
