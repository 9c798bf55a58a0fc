using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using WarmContext.Report.Comparing;
using WarmContext.Report.Model;
using WarmContext.Report.Rendering;

namespace WarmContext.Report.Commands;

/// <summary>Compares two result sets, for a pull request.</summary>
internal static class CompareCommand
{
    /// <summary>Something is slower, or fails more often.</summary>
    public const int Regressed = 3;

    public static Command Create()
    {
        var older = new Argument<string>("old") { Description = "The results before the change: a results.json or its directory." };
        var newer = new Argument<string>("new") { Description = "Those after it." };
        var margin = new Option<double>("--margin")
        {
            Description = "How much slower or faster doesn't count, in percent.",
            DefaultValueFactory = static _ => ResultComparison.DefaultMargin * 100,
        };
        var all = new Option<bool>("--all") { Description = "Also list what stayed the same, and what only one of the two has." };
        margin.Validators.Add(result =>
        {
            if (result.GetValue(margin) is not (>= 0 and <= 100))
            {
                result.AddError("--margin must be 0 to 100 (percent).");
            }
        });
        var command = new Command(
            "compare",
            "Tells change from noise (Mann-Whitney at 1 %, corrected for the number of rows, "
                + "and a 95 % interval of the ratio beyond the margin). "
                + $"Ends with {Regressed} when something is slower or fails more often.") { older, newer, margin, all };
        command.SetAction(arguments => Run(
            ReportConsole.Create(),
            arguments.GetValue(older)!,
            arguments.GetValue(newer)!,
            arguments.GetValue(margin) / 100,
            arguments.GetValue(all)));
        return command;
    }

    internal static int Run(IAnsiConsole console, string older, string newer, double margin, bool all)
    {
        var comparison = ResultComparison.Of(ResultFile.Load(older), ResultFile.Load(newer), margin);
        foreach (var warning in comparison.Warnings)
        {
            console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[yellow]Note:[/] {warning}");
        }

        var shown = comparison.Changes
            .Where(change => all || change.Kind is ChangeKind.Faster or ChangeKind.Slower or ChangeKind.Failing)
            .ToArray();
        if (shown.Length > 0)
        {
            var table = new Spectre.Console.Table()
                .Border(TableBorder.Markdown)
                .AddColumns("Question", "Way", "Change", "New / old", "95 %", "p");
            foreach (var change in shown)
            {
                table.AddRow(Cells(change).Select(Markup.Escape).ToArray());
            }

            console.Write(table);
        }

        if (!all)
        {
            // A filtered run lacks whole questions; a row for each way of theirs would bury what has changed.
            SayMissing(console, "Only the newer set has", comparison.Changes.Where(static change => change.Kind == ChangeKind.Added));
            SayMissing(console, "Only the older set has", comparison.Changes.Where(static change => change.Kind == ChangeKind.Removed));
        }

        var counts = comparison.Changes.GroupBy(static change => change.Kind)
            .OrderBy(static group => group.Key)
            .Select(static group => $"{group.Count()} {group.Key.ToString().ToLowerInvariant()}");
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{comparison.Changes.Count} rows: {string.Join(", ", counts)}.");
        return comparison.HasRegressions ? Regressed : 0;
    }

    private static void SayMissing(IAnsiConsole console, string what, IEnumerable<RowChange> changes)
    {
        var questions = changes.GroupBy(static change => change.Question)
            .Select(static group => string.Create(CultureInfo.InvariantCulture, $"{group.Key} ({group.Count()})"))
            .ToArray();
        if (questions.Length > 0)
        {
            console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{what}: {string.Join("; ", questions)}.");
        }
    }

    private static string[] Cells(RowChange change) =>
    [
        change.Question,
        change.Label,
        change.Kind.ToString().ToLowerInvariant(),
        change.Ratio is { } ratio ? Format.Ratio(ratio.Value) : "–",
        change.Ratio is { } interval ? Format.Range(interval, Unit.Ratio) : "–",
        change.Probability is { } p ? p.ToString(p < 0.001 ? "0.0e0" : "0.000", CultureInfo.InvariantCulture) : "–",
    ];
}
