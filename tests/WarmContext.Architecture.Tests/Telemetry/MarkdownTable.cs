namespace WarmContext.Architecture.Tests.Telemetry;

/// <summary>Writes tables as Markdown.</summary>
internal static class MarkdownTable
{
    public static string Write(IReadOnlyList<string> header, IEnumerable<IReadOnlyList<string>> rows)
    {
        var lines = rows.Select(static row => Line(row.Select(Escape)));
        return string.Join("\n", [Line(header), Line(header.Select(static _ => "---")), .. lines]) + "\n";
    }

    private static string Line(IEnumerable<string> cells) => $"| {string.Join(" | ", cells)} |";

    private static string Escape(string cell) =>
        cell.Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);
}
