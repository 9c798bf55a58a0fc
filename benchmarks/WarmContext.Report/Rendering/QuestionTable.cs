using WarmContext.Report.Model;
using WarmContext.Report.Rendering.Documents;

namespace WarmContext.Report.Rendering;

/// <summary>A question's table: the ratio first.</summary>
public static class QuestionTable
{
    public static Table Of(Question question)
    {
        ArgumentNullException.ThrowIfNull(question);
        var trips = question.Rows.Any(static row => row.RoundTripMilliseconds is not null);
        var allocated = question.Rows.Any(static row => row.AllocatedBytes is not null);
        if (question.Rows.All(static row => row.Samples.Count == 0))
        {
            return new Table(
                question.Title,
                ["Way", ">n", "Verdict"],
                [.. question.Rows.Select(row => new[] { Label(row), Count(row), Verdict.Of(question, row) })]);
        }

        string[] columns =
        [
            "Way",
            .. trips ? [">Round trip"] : Array.Empty<string>(),
            ">Ratio",
            ">95 %",
            ">Median",
            ">Spread",
            .. question.ShowsTail ? [">p99"] : Array.Empty<string>(),
            .. allocated ? [">Allocated"] : Array.Empty<string>(),
            ">n",
            "Verdict",
        ];
        return new Table(question.Title, columns, [.. question.Rows.Select(row => Cells(question, row, trips, allocated))]);
    }

    private static string[] Cells(Question question, Row row, bool trips, bool allocated) =>
    [
        Label(row),
        .. trips ? [row.RoundTripMilliseconds is { } trip ? Format.RoundTrip(trip) : "–"] : Array.Empty<string>(),
        row.Role == RowRole.Baseline ? "1" : row.Ratio is { } ratio ? $"**{Format.Ratio(ratio.Value)}**" : "–",
        row.Ratio is { } interval ? Format.Range(interval, Unit.Ratio) : "–",
        row.Spread is { } spread ? Format.Of(spread.Median, question.Unit) : "–",
        row.Spread is { } around ? Format.Range(around, question.Unit) : "–",
        .. question.ShowsTail
            ? [row.Samples.Count > 0 ? Format.Of(Statistics.Samples.Quantile(row.Samples, 0.99), question.Unit) : "–"]
            : Array.Empty<string>(),
        .. allocated ? [row.AllocatedBytes is { } bytes ? Format.Bytes(bytes) : "–"] : Array.Empty<string>(),
        Count(row),
        Verdict.Of(question, row),
    ];

    private static string Label(Row row) => row.Role == RowRole.WarmContext ? $"**{row.Label}**" : row.Label;

    private static string Count(Row row) => row.Attempts.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
