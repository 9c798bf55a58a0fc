using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using WarmContext.Report.Rendering.Charts;

namespace WarmContext.Report.Rendering.Documents;

/// <summary>Writes a document as one HTML page that needs nothing else: no scripts, no fonts, no files beside it.</summary>
public static partial class HtmlWriter
{
    public static string Write(string title, IReadOnlyList<Block> document)
    {
        ArgumentNullException.ThrowIfNull(document);
        var body = new StringBuilder();
        foreach (var block in document)
        {
            Append(body, block);
        }

        var chapters = document.OfType<Heading>()
            .Where(static heading => heading is { Level: 2, Anchor.Length: > 0 })
            .Select(static heading => $"<li><a href=\"#{heading.Anchor}\">{Text(heading.Text)}</a></li>");
        return $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <meta name="color-scheme" content="light dark"/>
            <title>{Text(title)}</title>
            <style>
            {HtmlStyles.Css}
            </style>
            </head>
            <body>
            <a class="skip" href="#content">Skip to the report</a>
            <nav aria-label="Chapters"><ul>
            {string.Join('\n', chapters)}
            </ul></nav>
            <main id="content" tabindex="-1">
            {body}</main>
            </body>
            </html>

            """.ReplaceLineEndings("\n");
    }

    private static void Append(StringBuilder html, Block block)
    {
        switch (block)
        {
            case Heading heading:
                var id = heading.Anchor.Length > 0 ? $" id=\"{heading.Anchor}\"" : string.Empty;
                html.Append(CultureInfo.InvariantCulture, $"<h{heading.Level}{id}>{Text(heading.Text)}</h{heading.Level}>\n");
                break;
            case Paragraph paragraph:
                html.Append(
                    CultureInfo.InvariantCulture,
                    $"<p{(paragraph.IsRemark ? " class=\"remark\"" : string.Empty)}>{Marked(paragraph.Text)}</p>\n");
                break;
            case Figure figure:
                // Focusable, because it can be scrolled where the screen is narrow; so that the keyboard can do it as well.
                html.Append(
                    CultureInfo.InvariantCulture,
                    $"<div class=\"wide chart\" tabindex=\"0\" role=\"group\" "
                        + $"aria-label=\"{WebUtility.HtmlEncode(figure.Chart.Title)}\">\n{figure.Chart.ToSvg(ChartTheme.Page)}</div>\n");
                break;
            case Table table:
                AppendTable(html, table);
                break;
        }
    }

    private static void AppendTable(StringBuilder html, Table table)
    {
        html.Append(
            CultureInfo.InvariantCulture,
            $"<div class=\"wide\" tabindex=\"0\" role=\"group\" aria-label=\"{WebUtility.HtmlEncode(table.Caption)}\">\n"
                + $"<table>\n<thead><tr>");
        for (var column = 0; column < table.Columns.Count; column++)
        {
            html.Append(CultureInfo.InvariantCulture, $"<th scope=\"col\"{Style(table, column)}>{Text(table.Header(column))}</th>");
        }

        html.Append("</tr></thead>\n<tbody>\n");
        foreach (var row in table.Rows)
        {
            html.Append("<tr>");
            for (var column = 0; column < row.Count; column++)
            {
                html.Append(CultureInfo.InvariantCulture, $"<td{Style(table, column)}>{Marked(row[column])}</td>");
            }

            html.Append("</tr>\n");
        }

        html.Append("</tbody>\n</table>\n</div>\n");
    }

    private static string Style(Table table, int column) => table.IsFigure(column) ? " class=\"num\"" : string.Empty;

    private static string Text(string text) => WebUtility.HtmlEncode(text);

    private static string Marked(string text) =>
        Link().Replace(Code().Replace(Bold().Replace(Text(text), "<strong>$1</strong>"), "<code>$1</code>"), "<a href=\"$2\">$1</a>");

    [GeneratedRegex(@"\*\*(.+?)\*\*")]
    private static partial Regex Bold();

    [GeneratedRegex("`(.+?)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"\[([^\]]+)\]\(([^)\s]+)\)")]
    private static partial Regex Link();
}
