using System.IO.Enumeration;
using WarmContext.Report.Catalog;
using WarmContext.Report.Experiments;

namespace WarmContext.Report.Running;

/// <summary>What a run consists of, in order.</summary>
public sealed class RunPlan
{
    internal RunPlan(IReadOnlyList<RunStep> steps) => Steps = steps;

    public IReadOnlyList<RunStep> Steps { get; }

    public static RunPlan Of(bool quick, string? filter)
    {
        var steps = Everything().Where(step => !quick || step.IsQuick);
        var chosen = filter is null ? steps : steps.Select(step => Matching(step, filter)).OfType<RunStep>();
        var plan = new RunPlan([.. chosen]);
        return plan.Steps.Count > 0
            ? plan
            : throw new ReportException(
                $"--filter '{filter}' matches nothing. There are: {string.Join(", ", Questions())}, "
                    + $"and the practices {string.Join(", ", Practice.All.Select(static p => p.Id))}.");
    }

    public TimeSpan Estimate(bool quick) => TimeSpan.FromSeconds(Steps.Sum(step => step.Estimate(quick).TotalSeconds));

    private static IEnumerable<string> Questions() => Everything().SelectMany(static step => step.Questions);

    private static IEnumerable<RunStep> Everything() => Benchmarks().Concat(ExperimentCatalog.All);

    private static IEnumerable<RunStep> Benchmarks() => BenchmarkCatalog.All
        .GroupBy(static question => (question.Group, question.HasOwnJob))
        .Select(static group => new BenchmarkStep(group.Key.Group, group.Key.HasOwnJob, [.. group]));

    // A question's id, a practice, or a pattern with * of either; several with commas.
    private static RunStep? Matching(RunStep step, string filter)
    {
        var patterns = filter.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (step is BenchmarkStep benchmarks)
        {
            var some = benchmarks.Only(question => Matches(question.Id) || Matches(question.Practice) || Matches(step.Id));
            return some.Questions.Count > 0 ? some : null;
        }

        return Matches(step.Id) || step.Questions.Any(Matches) || (step is Experiment experiment && Matches(experiment.Practice))
            ? step
            : null;

        bool Matches(string id) => patterns.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, id, ignoreCase: true));
    }
}
