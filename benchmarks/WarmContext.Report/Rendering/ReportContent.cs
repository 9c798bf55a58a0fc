using WarmContext.Report.Catalog;
using WarmContext.Report.Model;
using WarmContext.Report.Rendering.Charts;
using WarmContext.Report.Rendering.Documents;

namespace WarmContext.Report.Rendering;

/// <summary>What the report says, in order; every output has the same.</summary>
public static class ReportContent
{
    public const string Title = "What each practice saves";

    public static IReadOnlyList<Block> Of(ResultSet results, WorthInputs inputs)
    {
        ArgumentNullException.ThrowIfNull(results);
        ArgumentNullException.ThrowIfNull(inputs);
        var charts = AllCharts.Draw(results);
        return
        [
            new Heading(1, Title),
            new Paragraph(
                "Measured, not claimed: what each practice of the Lambda execution environment saves in .NET, "
                    + "where it saves nothing, and what it costs. "
                    + "Ratios come first, because they travel from one machine to another better than times do. "
                    + "A ratio is a way's median divided by the baseline's: 0.10 × takes a tenth of the time."),
            .. Warnings(results),
            .. EnvironmentTable.Of(results.Environment),
            .. charts.Take(1).Select(static chart => new Figure(chart)),
            new Heading(2, "Goals", "goals"),
            new Paragraph(GoalSummary(results)),
            GoalTable.Of(results),
            new Heading(2, "What this is worth", "worth"),
            .. WorthTable.Of(results, inputs),
            .. charts.Skip(1).Select(static chart => new Figure(chart)),
            .. Story(results),
            .. Practice.All.SelectMany(practice => Chapter(practice, results)),
            new Heading(2, "How to read this", "reading"),
            new Paragraph(
                "**Median**: half of the samples were faster. **Spread**: the middle half of the samples lies between these. "
                    + "**Ratio** and **saved**: with their 95 % interval, from 1,000 bootstrap draws; "
                    + "of fewer than ten samples it comes out too narrow. "
                    + "\"Saves nothing\" is written where that interval holds 0, "
                    + "or the saving is below 2 % of the baseline or below a nanosecond; "
                    + "\"lost in noise\" where the interval holds 0 and is so wide "
                    + "that there may be a saving or a cost of more than a tenth all the same."),
            new Paragraph(
                "Sub-millisecond questions are run by BenchmarkDotNet, each way in two processes of its own. "
                    + "Where a server answers, such a process may be lucky or not for all of its life, "
                    + "by some percent more than the interval of two tells; "
                    + "so the closest of these questions are asked again with the ways taking turns. "
                    + "All others take turns within each round, in changing order, so that other work on the machine weighs on all alike; "
                    + "what happens once in a process (first construction, first call, cold start) "
                    + "is measured in a new process each time. "
                    + "A benchmark that cannot reach its service fails the run; none is skipped."),
        ];
    }

    private static IEnumerable<Block> Warnings(ResultSet results)
    {
        if (results.Environment.Quick)
        {
            yield return new Paragraph("**This was a quick run: it shows that everything works. Its few samples are not to be quoted.**");
        }

        if (results.Failures.Count > 0)
        {
            yield return new Paragraph($"**This run failed in {results.Failures.Count} places:**");
            yield return new Table("Failures", ["What failed"], [.. results.Failures.Select(static failure => new[] { failure })]);
        }
    }

    private static string GoalSummary(ResultSet results)
    {
        var (met, missed, open) = (
            results.Goals.Count(static g => g.IsMet == true),
            results.Goals.Count(static g => g.IsMet == false),
            results.Goals.Count(static g => g.IsMet is null));
        var unmeasured = open > 0 ? $", {open} not measured in this run" : string.Empty;
        return $"The project's own speed goals: **{met} met**, **{missed} missed**{unmeasured}. "
            + "\"Narrowly\" means that the interval reaches over the bound: another run may decide otherwise.";
    }

    private static IEnumerable<Block> Story(ResultSet results)
    {
        if (results.Story.Count > 0)
        {
            yield return new Heading(2, "The demo", "demo");
            yield return new Paragraph(
                "Both forms of the order function through cold starts, warm invocations, a long freeze, "
                    + "a database restart and a changed file (`dotnet run --project samples/OrderDemo`).");
            yield return StoryTable.Of(results.Story);
        }
    }

    private static IEnumerable<Block> Chapter(Practice practice, ResultSet results)
    {
        var questions = results.Questions.Where(question => question.Practice == practice.Id).ToArray();
        if (questions.Length == 0)
        {
            yield break;
        }

        yield return new Heading(2, practice.Title, practice.Id);
        yield return new Paragraph(practice.Sentence);
        foreach (var question in questions)
        {
            yield return new Heading(3, question.Title, question.Id);
            yield return QuestionTable.Of(question);
            yield return new Paragraph(
                $"What this hides: {question.Hides}{(question.Note is { } note ? " " + note : string.Empty)}", IsRemark: true);
        }
    }
}
