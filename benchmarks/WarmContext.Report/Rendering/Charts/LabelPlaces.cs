namespace WarmContext.Report.Rendering.Charts;

/// <summary>Moves labels apart that would lie on each other.</summary>
internal static class LabelPlaces
{
    public static IReadOnlyList<T> Spread<T>(
        IEnumerable<T> labels, Func<T, double> place, Func<T, double, T> move, double apart, double top, double bottom)
    {
        var sorted = labels.OrderBy(place).ToArray();
        var y = double.NegativeInfinity;
        for (var i = 0; i < sorted.Length; i++)
        {
            y = Math.Max(Math.Max(place(sorted[i]), top), y + apart);
            sorted[i] = move(sorted[i], y);
        }

        // Too far down: push up from below.
        y = bottom + apart;
        for (var i = sorted.Length - 1; i >= 0; i--)
        {
            y = Math.Min(place(sorted[i]), y - apart);
            sorted[i] = move(sorted[i], y);
        }

        return sorted;
    }
}
