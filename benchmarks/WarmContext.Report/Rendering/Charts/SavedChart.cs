using WarmContext.Report.Catalog;
using WarmContext.Report.Model;

namespace WarmContext.Report.Rendering.Charts;

/// <summary>
/// What each practice takes and what the usual way takes: two points on a line, so that a loss is seen as well as a saving.
/// </summary>
public static class SavedChart
{
    private const double Width = 960;
    private const double Left = 330;
    private const double Right = 740;
    private const double RowHeight = 32;
    private const double Top = 92;

    // What is shorter can't be told from nothing, and would take half the drawing.
    private const double Shortest = 1;

    public static Chart? Draw(ResultSet results)
    {
        ArgumentNullException.ThrowIfNull(results);
        var savings = SavingCatalog.All.Select(definition => definition.Of(results)).OfType<Saving>().ToArray();
        if (savings.Length == 0)
        {
            return null;
        }

        var groups = savings.Select(static s => s.Definition.Practice).Distinct().Count();
        var bottom = Top + (savings.Length * RowHeight) + (groups * 24);
        var canvas = new SvgCanvas(Width, bottom + 58);
        var axis = new LogAxis(
            savings.SelectMany(static s => new[] { s.From.Low, s.From.High, s.To.Low, s.To.High })
                .Select(static time => Math.Max(time, Shortest)),
            Left,
            Right);
        canvas.Text(24, 34, "Saved per invocation, by practice", "title");
        canvas.Text(
            24, 56,
            "How long each way takes, on a logarithmic scale that begins at 1 ns. Whiskers: the middle half of the samples.",
            "sub");
        Legend(canvas);
        foreach (var tick in axis.Ticks)
        {
            canvas.Line(axis.Position(tick), Top - 8, axis.Position(tick), bottom, "grid");

            // Every third: 1 ns, 1 µs, 1 ms, 1 s.
            if (Math.Round(Math.Log10(tick)) % 3 == 0)
            {
                canvas.Text(axis.Position(tick), bottom + 20, Format.Tick(tick), "tick num", "middle");
            }
        }

        double y = Top - 8;
        string? practice = null;
        foreach (var saving in savings)
        {
            if (practice != saving.Definition.Practice)
            {
                practice = saving.Definition.Practice;
                y += 24;
                canvas.Text(24, y + 2, Practice.Of(practice).Title.ToUpperInvariant(), "group");
            }

            y += RowHeight;
            DrawRow(canvas, axis, saving, y - 10);
        }

        canvas.Text(
            24, bottom + 44,
            "Right: time saved and the ratio to the usual way. At a round trip of 1 ms over TLS where a network is involved.",
            "sub");
        return new Chart("saved", "Saved per invocation, by practice", string.Join(' ', savings.Select(Describe)), canvas);
    }

    private static void Legend(SvgCanvas canvas)
    {
        canvas.Circle(Left + 6, 74, 5, "mark hollow c0");
        canvas.Text(Left + 18, 78, "the usual way", "sub");
        canvas.Circle(Left + 126, 74, 5.5, "f1");
        canvas.Text(Left + 138, 78, "WarmContext", "sub");
    }

    private static void DrawRow(SvgCanvas canvas, LogAxis axis, Saving saving, double y)
    {
        canvas.Text(24, y + 4, saving.Definition.Label);
        var (from, to) = (axis.Position(saving.From.Median), axis.Position(saving.To.Median));
        canvas.Line(from, y, to, y, "link");
        canvas.Whisker(axis.Position(saving.From.Low), axis.Position(saving.From.High), y, "bar c0");
        canvas.Whisker(axis.Position(saving.To.Low), axis.Position(saving.To.High), y, "bar c1");
        canvas.Circle(from, y, 5, "mark hollow c0");
        canvas.Circle(to, y, 5.5, "f1");
        canvas.Text(Right + 24, y + 4, Amount(saving), "strong num");
        canvas.Text(Width - 24, y + 4, saving.Ratio is { } ratio ? Format.Ratio(ratio.Value) : "–", "sub num", "end");
    }

    private static string Amount(Saving saving) => Verdict.Amount(saving.Saved, saving.From, Unit.Nanoseconds);

    private static string Describe(Saving saving) =>
        $"{saving.Definition.Label}: {Format.Time(saving.From.Median)} the usual way, "
            + $"{Format.Time(saving.To.Median)} with WarmContext, {Amount(saving)}.";
}
