namespace WarmContext.Report.Rendering.Charts;

/// <summary>A logarithmic axis over whole decades.</summary>
public sealed class LogAxis
{
    private readonly double _from;
    private readonly double _to;
    private readonly double _low;
    private readonly double _high;

    /// <param name="values">What it has to hold; those not above 0 are drawn at its low end.</param>
    /// <param name="from">Where its low end is, in the drawing.</param>
    /// <param name="to">Where its high end is.</param>
    public LogAxis(IEnumerable<double> values, double from, double to)
    {
        var positive = values.Where(static value => value > 0 && double.IsFinite(value)).DefaultIfEmpty(1).ToArray();
        (_from, _to) = (from, to);
        _low = Math.Floor(Math.Log10(positive.Min()));
        _high = Math.Max(_low + 1, Math.Ceiling(Math.Log10(positive.Max())));
    }

    /// <summary>The powers of ten on it.</summary>
    public IEnumerable<double> Ticks => Enumerable.Range((int)_low, (int)(_high - _low) + 1).Select(static power => Math.Pow(10, power));

    public double Position(double value) =>
        value <= 0 ? _from : _from + (Math.Clamp((Math.Log10(value) - _low) / (_high - _low), 0, 1) * (_to - _from));
}
