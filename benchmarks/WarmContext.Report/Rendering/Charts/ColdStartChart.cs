using WarmContext.Report.Model;

namespace WarmContext.Report.Rendering.Charts;

/// <summary>What a cold start is made of: Init, and the first invocation.</summary>
public static class ColdStartChart
{
    private const double Width = 860;
    private const double Left = 170;
    private const double Right = 720;
    private const double Top = 92;
    private const double RowHeight = 54;

    public static Chart? Draw(ResultSet results)
    {
        ArgumentNullException.ThrowIfNull(results);
        var bars = FunctionForms.All
            .Select(form => (
                form.Label,
                Init: FunctionForms.Of(results, "function-init", form.Id),
                First: FunctionForms.Of(results, "function-first", form.Id),
                Cold: FunctionForms.Of(results, "function-cold", form.Id)))
            .Where(static bar => bar.Init is not null && bar.First is not null && bar.Cold is not null)
            .Select(static bar => (bar.Label, Init: bar.Init!.Spread!, First: bar.First!.Spread!, Cold: bar.Cold!.Spread!))
            .ToArray();
        if (bars.Length == 0)
        {
            return null;
        }

        var bottom = Top + (bars.Length * RowHeight);
        var canvas = new SvgCanvas(Width, bottom + 44);
        var axis = new LinearAxis(bars.Max(static bar => Math.Max(bar.Cold.High, bar.Init.Median + bar.First.Median)) / 1e6, Left, Right);
        canvas.Text(24, 34, "What a cold start is made of", "title");
        canvas.Text(
            24, 56,
            "Init, which nobody waits for with provisioned concurrency, and the first invocation. Whiskers: the middle half of the sums.",
            "sub");
        canvas.Rectangle(Left, 68, 11, 11, "f2");
        canvas.Text(Left + 17, 78, "Init", "sub");
        canvas.Rectangle(Left + 62, 68, 11, 11, "f3");
        canvas.Text(Left + 79, 78, "first invocation", "sub");
        foreach (var tick in axis.Ticks)
        {
            canvas.Line(axis.Position(tick), Top, axis.Position(tick), bottom, "grid");
            canvas.Text(axis.Position(tick), bottom + 22, Format.Number(tick) + " ms", "tick num", "middle");
        }

        for (var i = 0; i < bars.Length; i++)
        {
            DrawBar(
                canvas, axis, bars[i].Label, bars[i].Init.Median / 1e6,
                bars[i].First.Median / 1e6, bars[i].Cold, Top + (i * RowHeight) + 12);
        }

        var description = string.Join(' ', bars.Select(static bar =>
            $"{bar.Label}: Init {Format.Time(bar.Init.Median)}, first invocation {Format.Time(bar.First.Median)}, "
                + $"together {Format.Time(bar.Cold.Median)}."));
        return new Chart("cold-start", "What a cold start is made of", description, canvas);
    }

    private static void DrawBar(SvgCanvas canvas, LinearAxis axis, string label, double init, double first, Spread cold, double y)
    {
        canvas.Text(Left - 12, y + 20, label, "strong", "end");
        canvas.Rectangle(axis.Position(0), y, axis.Position(init) - axis.Position(0) - 1, 30, "f2");
        canvas.Rectangle(axis.Position(init) + 1, y, axis.Position(init + first) - axis.Position(init) - 1, 30, "f3");
        Inside(axis.Position(0), axis.Position(init), Format.Time(init * 1e6), "num on1");
        Inside(axis.Position(init), axis.Position(init + first), Format.Time(first * 1e6), "num on0");
        canvas.Whisker(axis.Position(cold.Low / 1e6), axis.Position(cold.High / 1e6), y + 37, "axis");
        canvas.Text(
            Math.Max(axis.Position(init + first), axis.Position(cold.High / 1e6)) + 12, y + 20, Format.Time(cold.Median), "strong num");

        void Inside(double from, double to, string text, string style)
        {
            if (to - from > 52)
            {
                canvas.Text((from + to) / 2, y + 20, text, style, "middle");
            }
        }
    }
}
