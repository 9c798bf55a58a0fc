using WarmContext.Report.Catalog;
using WarmContext.Report.Model;

namespace WarmContext.Report.Rendering.Charts;

/// <summary>What is saved, against the round trip of the network.</summary>
public static class RoundTripChart
{
    private const double Width = 880;
    private const double Height = 460;
    private const double Left = 84;
    private const double Right = 560;
    private const double Top = 84;
    private const double Bottom = 388;

    public static Chart? Draw(ResultSet results)
    {
        ArgumentNullException.ThrowIfNull(results);
        var trips = SavingCatalog.RoundTrips.Where(trip => SavingCatalog.ByRoundTrip.Any(line => line.Of(results, trip) is not null))
            .ToArray();
        var lines = SavingCatalog.ByRoundTrip
            .Select(line => (Line: line, Savings: trips.Select(trip => line.Of(results, trip)?.Saved).ToArray()))
            .Where(static line => line.Savings.Any(static s => s is not null))
            .ToArray();
        if (trips.Length < 2 || lines.Length == 0)
        {
            return null;
        }

        var canvas = new SvgCanvas(Width, Height);
        var axis = new LogAxis(lines.SelectMany(static line => line.Savings).OfType<Estimate>().Select(static s => s.Value), Bottom, Top);
        double X(int i) => Left + 30 + (i * (Right - Left - 60) / (trips.Length - 1));
        canvas.Text(24, 34, "Saving against the round trip of the network", "title");
        canvas.Text(
            24, 56,
            "Time saved per invocation, logarithmic, over TLS. Bars: 95 % interval. The steps to the right are not to scale.",
            "sub");
        foreach (var tick in axis.Ticks)
        {
            canvas.Line(Left, axis.Position(tick), Right, axis.Position(tick), "grid");
            canvas.Text(Left - 10, axis.Position(tick) + 4, Format.Tick(tick), "tick num", "end");
        }

        for (var i = 0; i < trips.Length; i++)
        {
            canvas.Text(X(i), Bottom + 22, Format.RoundTrip(trips[i]), "tick num", "middle");
        }

        canvas.Text((Left + Right) / 2, Bottom + 46, "round trip to the service", "sub", "middle");
        var labels = new List<(double Y, string Text, string Detail, int Colour)>();
        for (var number = 0; number < lines.Length; number++)
        {
            var (line, savings) = lines[number];
            var points = savings.Select((s, i) => (Saved: s, X: X(i))).Where(static p => p.Saved is not null).ToArray();
            canvas.Path(
                points.Select(p => (p.X, axis.Position(p.Saved!.Value))),
                $"line c{Colour(number)}{(number == 3 ? " dash" : string.Empty)}");
            foreach (var (saved, x) in points)
            {
                canvas.StandingWhisker(x, axis.Position(saved!.Low), axis.Position(saved.High), $"bar c{Colour(number)}");
                canvas.Circle(x, axis.Position(saved.Value), 4.5, $"f{Colour(number)}");
            }

            var detail = $"{Amount(points[0].Saved!)} → {Amount(points[^1].Saved!)}";
            labels.Add((axis.Position(points[^1].Saved!.Value), line.Label, detail, Colour(number)));
        }

        var places = LabelPlaces.Spread(labels, static label => label.Y, static (label, y) => label with { Y = y }, 40, Top, Bottom);
        foreach (var (y, text, detail, colour) in places)
        {
            canvas.Circle(Right + 8, y - 4, 4.5, $"f{colour}");
            canvas.Text(Right + 20, y, text, "strong");
            canvas.Text(Right + 20, y + 16, detail, "sub num");
        }

        var description = string.Join(' ', lines.Select(line => $"{line.Line.Label}: {Amounts(trips, line.Savings)}."));
        return new Chart("round-trip", "Saving against the round trip", description, canvas);
    }

    private static string Amounts(double[] trips, Estimate?[] savings) => string.Join(", ", trips.Zip(savings)
        .Where(static pair => pair.Second is not null)
        .Select(static pair => $"{Amount(pair.Second!)} at {Format.RoundTrip(pair.First)}"));

    private static string Amount(Estimate saved) => saved.Holds(0) || saved.Value <= 0 ? "nothing" : Format.Time(saved.Value);

    // The first line in WarmContext's colour, the others in what is left.
    private static int Colour(int line) => line switch { 0 => 1, 1 => 2, 2 => 0, _ => 3 };
}
