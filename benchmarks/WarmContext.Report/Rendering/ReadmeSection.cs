using System.Globalization;
using WarmContext.Report.Catalog;
using WarmContext.Report.Model;
using WarmContext.Report.Rendering.Documents;

namespace WarmContext.Report.Rendering;

/// <summary>The README's numbers: written between markers from the committed results, never by hand.</summary>
public static class ReadmeSection
{
    private const string NumbersBegin = "<!-- benchmark numbers: begin (written by benchmarks/WarmContext.Report readme) -->";
    private const string NumbersEnd = "<!-- benchmark numbers: end -->";
    private const string DemoBegin = "<!-- demo table: begin (written by benchmarks/WarmContext.Report readme) -->";
    private const string DemoEnd = "<!-- demo table: end -->";

    /// <summary>The README with its numbers renewed.</summary>
    /// <exception cref="ReportException">A marker is missing.</exception>
    public static string Renew(string readme, ResultSet results)
    {
        ArgumentNullException.ThrowIfNull(readme);
        ArgumentNullException.ThrowIfNull(results);
        var renewed = Between(readme, NumbersBegin, NumbersEnd, Numbers(results));

        // Of a quick run's few invocations the demo's table would say little: the one of the last full run stays.
        return results.Story.Count == 0 || results.Environment.Quick
            ? renewed
            : Between(renewed, DemoBegin, DemoEnd, MarkdownWriter.Write(StoryTable.Of(results.Story)));
    }

    /// <summary>The README of WarmContext.Testing with its numbers renewed.</summary>
    /// <exception cref="ReportException">A marker is missing.</exception>
    public static string RenewTesting(string readme, ResultSet results)
    {
        ArgumentNullException.ThrowIfNull(readme);
        ArgumentNullException.ThrowIfNull(results);
        return Between(
            readme, NumbersBegin, NumbersEnd,
            QuickRun(results.Environment)
                + MarkdownWriter.Write(GoalTable.OfPractice(results, Practice.Environment))
                + $"\n{Machine(results.Environment)}.\n");
    }

    private static string QuickRun(RunEnvironment environment) =>
        environment.Quick ? "**From a quick run, which is not to be quoted; a full one is to follow.**\n\n" : string.Empty;

    private static string Machine(RunEnvironment environment) => string.Create(
        CultureInfo.InvariantCulture,
        $"{environment.Processor}, {environment.Cores} cores, {environment.Runtime}, {environment.Date[..10]}");

    private static string Numbers(ResultSet results)
    {
        var savings = SavingCatalog.All.Select(definition => definition.Of(results)).OfType<Saving>();
        var table = new Table(
            "Saved", ["Practice", "What is compared", ">Ratio", ">Usual", ">WarmContext", ">Result"],
            [.. savings.Select(static saving => new[]
            {
                Practice.Of(saving.Definition.Practice).ShortTitle,
                saving.Definition.Label,
                saving.Ratio is { } ratio ? $"**{Format.Ratio(ratio.Value)}**" : "–",
                Format.Time(saving.From.Median),
                Format.Time(saving.To.Median),
                Verdict.Amount(saving.Saved, saving.From, Unit.Nanoseconds),
            })]);
        var environment = results.Environment;
        var goals = string.Create(
            CultureInfo.InvariantCulture,
            $"{results.Goals.Count(static g => g.IsMet == true)} of the project's {results.Goals.Count} speed goals are met");
        return QuickRun(environment)
            + MarkdownWriter.Write(table)
            + string.Create(
                CultureInfo.InvariantCulture,
                $"\n{Machine(environment)}; services over TLS at a round trip of 1 ms where a network is involved. {goals}; ")
            + "[the report](benchmarks/results/report.md) has each figure with its spread, what the setup hides, "
            + "and where nothing is saved.\n";
    }

    private static string Between(string text, string begin, string end, string content)
    {
        var from = text.IndexOf(begin, StringComparison.Ordinal);
        var to = text.IndexOf(end, StringComparison.Ordinal);
        return from >= 0 && to > from
            ? text[..(from + begin.Length)] + "\n" + content + text[to..]
            : throw new ReportException($"The README has no \"{begin}\" followed by \"{end}\"; put both where the figures belong.");
    }
}
