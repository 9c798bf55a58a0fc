using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using WarmContext.LocalServices;
using WarmContext.Report.Model;
using WarmContext.Report.Rendering;
using WarmContext.Report.Running;

namespace WarmContext.Report.Commands;

/// <summary>Runs everything and writes the report. It is what the program does when nothing else is asked of it.</summary>
internal static class RunCommand
{
    /// <summary>Where the committed results are.</summary>
    public static string DefaultOutput => Path.Combine(RepositoryRoot.Find(), "benchmarks", "results");

    public static void AddTo(RootCommand command)
    {
        var quick = new Option<bool>("--quick")
        {
            Description = "Few samples, in under five minutes on two cores: shows that everything works.",
        };
        var filter = new Option<string?>("--filter")
        {
            Description = "Only these questions or practices: ids with *, several with commas. Others keep no figures in the results.",
        };
        var output = new Option<string?>("--output") { Description = "Where the results are written. [default: benchmarks/results]" };
        var worth = new WorthOptions();
        command.Options.Add(quick);
        command.Options.Add(filter);
        command.Options.Add(output);
        worth.AddTo(command);
        command.SetAction(async (arguments, cancellationToken) => await RunAsync(
            ReportConsole.Create(),
            arguments.GetValue(quick),
            arguments.GetValue(filter),
            arguments.GetValue(output) ?? DefaultOutput,
            worth.Read(arguments),
            cancellationToken));
    }

    private static async Task<int> RunAsync(
        IAnsiConsole console, bool quick, string? filter, string output, WorthInputs inputs, CancellationToken cancellationToken)
    {
        RequireRelease();
        var plan = RunPlan.Of(quick, filter);
        ReportFiles.Check(output);
        console.MarkupLineInterpolated(
            CultureInfo.InvariantCulture, $"{plan.Steps.Count} steps, about {plan.Estimate(quick).TotalMinutes:0.#} minutes.");
        console.MarkupLine("Figures are worth most on a machine that does nothing else.");
        var results = await new Runner(console, quick).RunAsync(plan, CommandLine(quick, filter), cancellationToken);
        ReportFiles.Write(output, results, inputs);
        var (met, missed, open) = (
            results.Goals.Count(static g => g.IsMet == true),
            results.Goals.Count(static g => g.IsMet == false),
            results.Goals.Count(static g => g.IsMet is null));
        console.MarkupLineInterpolated(
            CultureInfo.InvariantCulture,
            $"Written to {output}: {results.Questions.Count} questions; goals: {met} met, {missed} missed, {open} not measured.");
        foreach (var failure in results.Failures)
        {
            console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[red]Failed:[/] {failure}");
        }

        return results.Failures.Count == 0 ? 0 : 1;
    }

    // As typed, but for the place of the results, which is nobody else's concern.
    private static string CommandLine(bool quick, string? filter)
    {
        var options = $"{(quick ? " --quick" : string.Empty)}{(filter is null ? string.Empty : $" --filter {filter}")}";
        return "dotnet run -c Release --project benchmarks/WarmContext.Report" + (options.Length > 0 ? " --" + options : string.Empty);
    }

    private static void RequireRelease()
    {
#if DEBUG
        throw new ReportException(
            "This is a debug build, whose figures mean nothing. "
                + "Run it with: dotnet run -c Release --project benchmarks/WarmContext.Report");
#endif
    }
}
