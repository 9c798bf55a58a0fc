using System.Globalization;
using WarmContext.Report.Model;

namespace WarmContext.Report.Rendering.Charts;

/// <summary>
/// What an environment's invocations take in all, from its cold start on: where the lines cross, the warm-up has paid for itself.
/// </summary>
public static class CumulativeChart
{
    private const int Invocations = 40;
    private const double Width = 860;
    private const double Height = 460;
    private const double Left = 84;
    private const double Right = 580;
    private const double Top = 84;
    private const double Bottom = 388;

    public static Chart? Draw(ResultSet results)
    {
        ArgumentNullException.ThrowIfNull(results);
        var lines = FunctionForms.All
            .Select(form => (
                Form: form,
                Cold: FunctionForms.Of(results, "function-cold", form.Id),
                Warm: FunctionForms.Of(results, "function-warm-frozen", form.Id)))
            .Where(static line => line.Cold is not null && line.Warm is { Samples.Count: > 1 })
            .Select(static line => (line.Form, Cold: line.Cold!.Spread!, Mean: Mean(line.Warm!.Samples)))
            .ToArray();
        if (lines.Length == 0)
        {
            return null;
        }

        var canvas = new SvgCanvas(Width, Height);
        var y = new LinearAxis(lines.Max(static line => line.Cold.High + (Invocations * line.Mean.High)) / 1e6, Bottom, Top);
        double X(int n) => Left + (n * (Right - Left) / Invocations);
        canvas.Text(24, 34, "Cumulative time over N warm invocations", "title");
        canvas.Text(
            24, 56,
            "Cold start and invocations of one environment, added up. Bands: quartiles of the cold start, 95 % interval of the mean.",
            "sub");
        foreach (var tick in y.Ticks)
        {
            canvas.Line(Left, y.Position(tick), Right, y.Position(tick), "grid");
            canvas.Text(Left - 10, y.Position(tick) + 4, Format.Number(tick) + " ms", "tick num", "end");
        }

        for (var n = 0; n <= Invocations; n += 10)
        {
            canvas.Text(X(n), Bottom + 22, n.ToString(CultureInfo.InvariantCulture), "tick num", "middle");
        }

        canvas.Text((Left + Right) / 2, Bottom + 46, "warm invocations after the cold start", "sub", "middle");
        foreach (var (form, cold, mean) in lines)
        {
            canvas.Path(
                [
                    (X(0), y.Position(cold.Low / 1e6)),
                    (X(Invocations), y.Position((cold.Low + (Invocations * mean.Low)) / 1e6)),
                    (X(Invocations), y.Position((cold.High + (Invocations * mean.High)) / 1e6)),
                    (X(0), y.Position(cold.High / 1e6)),
                ],
                $"band f{form.Colour}", closed: true);
            canvas.Path(
                [(X(0), y.Position(cold.Median / 1e6)), (X(Invocations), y.Position(Total(cold, mean) / 1e6))],
                $"line c{form.Colour}{(form.IsAot ? " dash" : string.Empty)}");
        }

        var labels = lines.Select(line => (
            Y: y.Position(Total(line.Cold, line.Mean) / 1e6),
            line.Form.Label,
            Detail: $"{Format.Time(line.Cold.Median)} + N × {Format.Time(line.Mean.Value)}",
            line.Form.Colour));
        var places = LabelPlaces.Spread(labels, static label => label.Y, static (label, y) => label with { Y = y }, 40, Top, Bottom);
        foreach (var label in places)
        {
            canvas.Text(Right + 14, label.Y, label.Label, $"strong f{label.Colour}");
            canvas.Text(Right + 14, label.Y + 16, label.Detail, "sub num");
        }

        var description = string.Join(' ', lines.Select(static line =>
            $"{line.Form.Label}: a cold start of {Format.Time(line.Cold.Median)}, then {Format.Time(line.Mean.Value)} each, "
                + $"{Format.Time(Total(line.Cold, line.Mean))} after {Invocations} invocations."));
        return new Chart("cumulative", "Cumulative time over N warm invocations", description, canvas);
    }

    private static double Total(Spread cold, Estimate mean) => cold.Median + (Invocations * mean.Value);

    private static Estimate Mean(IReadOnlyList<double> samples)
    {
        var mean = samples.Average();
        var error = 1.96 * Math.Sqrt(samples.Sum(s => (s - mean) * (s - mean)) / (samples.Count - 1) / samples.Count);
        return new Estimate(mean, Math.Max(0, mean - error), mean + error);
    }
}
