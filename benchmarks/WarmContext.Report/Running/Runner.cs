using System.Diagnostics;
using Spectre.Console;
using WarmContext.LocalServices;
using WarmContext.Report.Catalog;
using WarmContext.Report.Model;

namespace WarmContext.Report.Running;

/// <summary>Runs a plan. A step that fails doesn't stop the others, whose figures took as long to get, but the run has then failed.</summary>
internal sealed class Runner(IAnsiConsole console, bool quick)
{
    private readonly List<Question> _questions = [];
    private readonly List<string> _failures = [];
    private readonly MachineLoad _load = new();

    public async Task<ResultSet> RunAsync(RunPlan plan, string command, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        // The functions under test read from it.
        var work = Directory.CreateDirectory(ScratchDirectory.Unused("warmcontext-report-"));
        try
        {
            var environment = await EnvironmentProbe.ReadAsync(command, quick, cancellationToken);
            var story = console.Profile.Capabilities.Interactive
                ? await console.Status().StartAsync("starting", status => RunAsync(plan, work.FullName, new RunProgress(console, status, plan, quick), cancellationToken))
                : await RunAsync(plan, work.FullName, new RunProgress(console, null, plan, quick), cancellationToken);
            return new ResultSet
            {
                Environment = environment with { DurationSeconds = Math.Round(watch.Elapsed.TotalSeconds), OtherLoadPercent = _load.Percent },
                Questions = _questions,
                Goals = GoalCatalog.Judge(_questions),
                Story = story,
                Failures = _failures,
            };
        }
        finally
        {
            work.Delete(recursive: true);
        }
    }

    private async Task<IReadOnlyList<StoryRow>> RunAsync(RunPlan plan, string work, RunProgress progress, CancellationToken cancellationToken)
    {
        var story = new List<StoryRow>();
        foreach (var step in plan.Steps)
        {
            await _load.SampleAsync(cancellationToken);
            progress.Begin(step);
            var context = new RunContext(quick, work, (share, doing) => progress.Report(step, share, doing), cancellationToken);
            string? failure = null;
            try
            {
                _questions.AddRange(await step.RunAsync(context));
                story.AddRange(context.Story);
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                failure = $"{step.Id}: {e.GetType().Name}: {e.Message}";
                _failures.Add(failure);
            }

            progress.End(step, failure);
        }

        return story;
    }
}
