using WarmContext.Report.Model;
using WarmContext.Report.Statistics;

namespace WarmContext.Report.Catalog;

/// <summary>
/// Ways to read a goal's figure off a question's rows. Each gives null when a row isn't there or all its attempts failed.
/// </summary>
internal static class GoalMeasures
{
    /// <summary>What the row takes, divided by what another takes.</summary>
    public static Func<Question, Estimate?> Ratio(string row, string to, double? roundTrip = null) =>
        Combined(row, to, roundTrip, Bootstrap.Ratio);

    /// <summary>What the row takes more than another.</summary>
    public static Func<Question, Estimate?> Over(string row, string other, double? roundTrip = null) =>
        Combined(row, other, roundTrip, Bootstrap.Difference);

    /// <summary>The row's own median.</summary>
    public static Func<Question, Estimate?> Median(string row, double? roundTrip = null) =>
        question => question.Find(row, roundTrip) is { Samples.Count: > 0 } found ? MedianOf(found) : null;

    /// <summary>How much of what another takes the row saves, in percent.</summary>
    public static Func<Question, Estimate?> PercentSaved(string row, string of) => question =>
        Ratio(row, of)(question) is { } r ? new Estimate(Percent(r.Value), Percent(r.High), Percent(r.Low)) : null;

    /// <summary>The bytes that the row allocates more than another. Allocation is counted, not sampled: there is no spread.</summary>
    public static Func<Question, Estimate?> BytesOver(string row, string? other) => question =>
        question.Find(row)?.AllocatedBytes is { } bytes && (other is null ? 0 : question.Find(other)?.AllocatedBytes) is { } less
            ? Exact(bytes - less)
            : null;

    /// <summary>The bytes that the row allocates, divided by those of another.</summary>
    public static Func<Question, Estimate?> BytesRatio(string row, string to) => question =>
        question.Find(row)?.AllocatedBytes is { } bytes && question.Find(to)?.AllocatedBytes is { } other and > 0
            ? Exact(Samples.Digits(bytes / other))
            : null;

    /// <summary>What the row takes, divided by the fastest of others.</summary>
    public static Func<Question, Estimate?> RatioToBest(string row, params string[] others) => question =>
        Fastest(others.Select(other => question.Find(other))) is { } best ? Ratio(row, best.Id)(question) : null;

    private static Func<Question, Estimate?> Combined(
        string row, string other, double? roundTrip,
        Func<IReadOnlyList<double>, IReadOnlyList<double>, bool, Estimate?> combine) => question =>
        question.Find(row, roundTrip) is { Samples.Count: > 0 } left && question.Find(other, roundTrip) is { Samples.Count: > 0 } right
            ? combine(left.Samples, right.Samples, question.Paired)
            : null;

    private static Row? Fastest(IEnumerable<Row?> rows) =>
        rows.Where(static row => row?.Spread is not null).MinBy(static row => row!.Spread!.Median);

    private static Estimate MedianOf(Row row) =>
        row.Spread is { } spread && Bootstrap.Difference(row.Samples, [0], false) is { } estimate
            ? estimate with { Value = spread.Median }
            : Exact(0);

    private static Estimate Exact(double value) => new(value, value, value);

    private static double Percent(double ratio) => Samples.Digits((1 - ratio) * 100);
}
