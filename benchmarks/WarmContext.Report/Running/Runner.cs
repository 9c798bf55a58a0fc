using System.Diagnostics;
using Spectre.Console;
using WarmContext.LocalServices;
using WarmContext.Report.Catalog;
using WarmContext.Report.Model;

namespace WarmContext.Report.Running;

/// <summary>
/// Runs a plan. A step that fails doesn't stop the others, whose figures took as long to get, but the run has then failed.
/// </summary>
internal sealed class Runner(IAnsiConsole console, bool quick)
{
    private readonly List<Question> _questions = [];
    private readonly List<string> _failures = [];
    private readonly List<StoryRow> _story = [];
    private readonly MachineLoad _load = new();

    /// <summary>What has been measured so far.</summary>
    public IReadOnlyList<Question> Questions => _questions;

    /// <summary>The steps that failed, and why. With any the run has failed.</summary>
    public IReadOnlyList<string> Failures => _failures;

    public async Task<ResultSet> RunAsync(RunPlan plan, string command, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        // The functions under test read from it.
        var work = Directory.CreateDirectory(ScratchDirectory.Unused("warmcontext-report-"));
        try
        {
            var environment = await EnvironmentProbe.ReadAsync(command, quick, cancellationToken);
            await MeasureAsync(plan, work.FullName, cancellationToken);
            return new ResultSet
            {
                Environment = environment with
                {
                    DurationSeconds = Math.Round(watch.Elapsed.TotalSeconds),
                    OtherLoadPercent = _load.Percent,
                },
                Questions = _questions,
                Goals = GoalCatalog.Judge(_questions),
                Story = _story,
                Failures = _failures,
            };
        }
        finally
        {
            Remove(work);
        }
    }

    // What was ended in the middle may still write there; that is no reason to lose the results, or to hide why the run ended.
    private static void Remove(DirectoryInfo directory)
    {
        try
        {
            directory.Delete(recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"{directory.FullName} could not be removed: {e.Message}");
        }
    }

    /// <summary>Runs the steps, one after the other.</summary>
    /// <exception cref="OperationCanceledException">It was ended; what had been measured is of no use.</exception>
    internal Task MeasureAsync(RunPlan plan, string work, CancellationToken cancellationToken) => console.Profile.Capabilities.Interactive
        ? console.Status().StartAsync(
            "starting", status => MeasureAsync(plan, work, new RunProgress(console, status, plan, quick), cancellationToken))
        : MeasureAsync(plan, work, new RunProgress(console, null, plan, quick), cancellationToken);

    private async Task MeasureAsync(RunPlan plan, string work, RunProgress progress, CancellationToken cancellationToken)
    {
        foreach (var step in plan.Steps)
        {
            await _load.SampleAsync(cancellationToken);
            progress.Begin(step);
            var context = new RunContext(quick, work, (share, doing) => progress.Report(step, share, doing), cancellationToken);
            string? failure = null;
            try
            {
                _questions.AddRange(await step.RunAsync(context));
                _story.AddRange(context.Story);
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                failure = $"{step.Id}: {e.GetType().Name}: {e.Message}";
                _failures.Add(failure);
            }

            progress.End(step, failure);
        }

        // A step may have taken the end of its own work for a failure.
        cancellationToken.ThrowIfCancellationRequested();
    }
}
