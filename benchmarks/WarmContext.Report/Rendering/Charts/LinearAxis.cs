namespace WarmContext.Report.Rendering.Charts;

/// <summary>A linear axis from 0 with round ticks.</summary>
public sealed class LinearAxis
{
    private readonly double _from;
    private readonly double _to;
    private readonly double _step;
    private readonly int _steps;

    /// <param name="most">The largest value.</param>
    /// <param name="from">Where 0 is, in the drawing.</param>
    /// <param name="to">Where its other end is.</param>
    public LinearAxis(double most, double from, double to)
    {
        (_from, _to) = (from, to);
        var rough = Math.Max(most, 1e-9) / 5;
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        _step = power * ((rough / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 });
        _steps = Math.Max(1, (int)Math.Ceiling(most / _step));
    }

    public IEnumerable<double> Ticks => Enumerable.Range(0, _steps + 1).Select(i => i * _step);

    public double Position(double value) => _from + (value / (_steps * _step) * (_to - _from));
}
