using System.Globalization;
using Spectre.Console;
using WarmContext.Testing;

namespace OrderDemo;

/// <summary>Init and first invocation of the same function, without and with its warm-up.</summary>
public sealed class FirstInvocationFigures
{
    private readonly List<(InvocationOutcome Without, InvocationOutcome With)> _pairs = [];

    /// <summary>How much shorter the first invocation is with the warm-up, as a share of what it takes without: of the medians.</summary>
    public double Saved => 1 - (Median(static pair => pair.With.Duration) / Median(static pair => pair.Without.Duration));

    public void Add(InvocationOutcome without, InvocationOutcome with) => _pairs.Add((without, with));

    public Table ToTable()
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumns("median", "Init", "first invocation", "both");
        table.AddRow(
            "without warm-up",
            Text(static pair => pair.Without.InitDuration),
            Text(static pair => pair.Without.Duration),
            Text(static pair => pair.Without.InitDuration + pair.Without.Duration));
        table.AddRow(
            "with warm-up",
            Text(static pair => pair.With.InitDuration),
            Text(static pair => pair.With.Duration),
            Text(static pair => pair.With.InitDuration + pair.With.Duration));
        return table;
    }

    private string Text(Func<(InvocationOutcome Without, InvocationOutcome With), TimeSpan?> select) =>
        string.Create(CultureInfo.InvariantCulture, $"{Median(select):0} ms");

    private double Median(Func<(InvocationOutcome Without, InvocationOutcome With), TimeSpan?> select) =>
        FormResult.Percentile([.. _pairs.Select(pair => select(pair) ?? TimeSpan.Zero)], 0.5)!.Value.TotalMilliseconds;
}
