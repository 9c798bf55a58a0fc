using System.CommandLine;
using WarmContext.Report.Model;
using WarmContext.Report.Rendering;

namespace WarmContext.Report.Commands;

/// <summary>Writes the report anew from results that are there, with other prices for example.</summary>
internal static class RenderCommand
{
    public static Command Create()
    {
        var results = new Argument<string>("results")
        {
            Description = "The directory of results.json.",
            DefaultValueFactory = static _ => RunCommand.DefaultOutput,
        };
        var output = new Option<string?>("--output") { Description = "Where the report is written. [default: where the results are]" };
        var worth = new WorthOptions();
        var command = new Command("render", "Writes report.md, report.html and the charts anew from results.json.") { results, output };
        worth.AddTo(command);
        command.SetAction(arguments =>
        {
            var from = arguments.GetValue(results)!;
            var to = arguments.GetValue(output) ?? from;
            ReportFiles.Write(to, Renewed(ResultFile.Load(from)), worth.Read(arguments));
            Console.WriteLine($"Written to {to}.");
        });
        return command;
    }

    // Goals may have been worded anew since; their figures follow from the questions.
    // A goal may also have another question by now. When this run wasn't asked it, the goal stays as it was judged.
    private static ResultSet Renewed(ResultSet results)
    {
        var goals = Catalog.GoalCatalog.Judge(results.Questions);
        return results with { Goals = [.. goals.Select(goal => goal.Measured is null ? Judged(results, goal.Id) ?? goal : goal)] };
    }

    private static Goal? Judged(ResultSet results, string id) => results.Goals.FirstOrDefault(goal => goal.Id == id);
}
