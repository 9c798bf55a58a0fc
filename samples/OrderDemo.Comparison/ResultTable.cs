using System.Globalization;
using System.Text;
using Spectre.Console;

namespace OrderDemo;

/// <summary>Both forms side by side, and which practice earned each line.</summary>
public static class ResultTable
{
    public static IReadOnlyList<ResultRow> Rows(FormResult naive, FormResult warm)
    {
        ArgumentNullException.ThrowIfNull(naive);
        ArgumentNullException.ThrowIfNull(warm);
        return
        [
            Row(
                "Cold start, median (Init + first invocation)",
                r => Milliseconds(r.ColdStarts, 0.5),
                "Not earned: the same first calls, and more code to load"),
            Row("First invocation alone, median", r => Milliseconds(r.FirstInvocations, 0.5), "Hold clients: they are ready when it comes"),
            Row("Warm invocation, p50", r => Milliseconds(r.Warm, 0.5), "Cache files in /tmp, and keep what was parsed"),
            Row("Warm invocation, p99", r => Milliseconds(r.Warm, 0.99), "The same; the slowest reconnect or fetch a new file"),
            Row("Database connections opened", r => Number(r.ConnectionsOpened), "Reuse connections; both forms do"),
            Row("S3 requests", r => Number(r.S3Requests), "Cache files: S3 is asked only whether they changed"),
            Row(
                "Failed invocations",
                r => $"{Number(r.Failed)} of {Number(r.Invocations)}",
                "Check that connections exist before using them"),
            Row(
                "Orders at outdated prices",
                r => $"{Number(r.OldPrices)} of {Number(r.Accepted)}",
                "Revalidate by entity tag after a maximum age"),
            Row(
                "Audit records lost",
                r => $"{Number(r.AuditRecordsLost)} of {Number(r.Accepted)}",
                "Finish background work before the freeze"),
        ];

        ResultRow Row(string figure, Func<FormResult, string> value, string practice) => new(figure, value(naive), value(warm), practice);
    }

    /// <summary>The table for a terminal.</summary>
    public static Table ForConsole(IReadOnlyList<ResultRow> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        Table table = new Table().Border(TableBorder.Rounded)
            .AddColumn(string.Empty)
            .AddColumn(new TableColumn("naive").RightAligned().NoWrap())
            .AddColumn(new TableColumn("warm").RightAligned().NoWrap())
            .AddColumn("what earned it");
        foreach (ResultRow row in rows)
        {
            table.AddRow(
                Markup.Escape(row.Figure), Markup.Escape(row.Naive), $"[bold]{Markup.Escape(row.Warm)}[/]", Markup.Escape(row.Practice));
        }

        return table;
    }

    /// <summary>The table for a README.</summary>
    public static string ForMarkdown(IReadOnlyList<ResultRow> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var text = new StringBuilder("| | Naive | Warm | What earned it |\n|---|---:|---:|---|\n");
        foreach (ResultRow row in rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {row.Figure} | {row.Naive} | **{row.Warm}** | {row.Practice} |\n");
        }

        return text.ToString();
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Milliseconds(IReadOnlyList<TimeSpan> durations, double share) =>
        FormResult.Percentile(durations, share) is not { } value
            ? "-"
            : value.TotalMilliseconds.ToString(value.TotalMilliseconds < 10 ? "0.0" : "N0", CultureInfo.InvariantCulture) + " ms";
}
