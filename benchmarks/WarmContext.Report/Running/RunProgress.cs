using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace WarmContext.Report.Running;

/// <summary>
/// Shows what the run does, and about how long it will yet take:
/// the estimates of what is left, corrected by how the ones so far turned out.
/// </summary>
internal sealed class RunProgress(IAnsiConsole console, StatusContext? status, RunPlan plan, bool quick)
{
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly Stopwatch _step = new();
    private TimeSpan _estimatedSoFar;
    private int _number;

    public void Begin(RunStep step)
    {
        _number++;
        _step.Restart();
        console.MarkupLineInterpolated(
            CultureInfo.InvariantCulture,
            $"[grey]{Clock(_watch.Elapsed)}[/]  {_number}/{plan.Steps.Count}  {step.Title}  [grey]about {Clock(Left(step, 0))} left[/]");
        status?.Status(Markup.Escape(step.Title));
    }

    public void Report(RunStep step, double share, string doing) =>
        status?.Status(Markup.Escape($"{step.Title}: {doing} · about {Clock(Left(step, share))} left"));

    public void End(RunStep step, string? failure)
    {
        _estimatedSoFar += step.Estimate(quick);
        if (failure is null)
        {
            console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[grey]         done in {_step.Elapsed.TotalSeconds:0} s[/]");
        }
        else
        {
            console.MarkupLineInterpolated(
                CultureInfo.InvariantCulture, $"         [red]failed after {_step.Elapsed.TotalSeconds:0} s:[/] {failure}");
        }
    }

    private TimeSpan Left(RunStep current, double share)
    {
        var after = plan.Steps.SkipWhile(step => step != current).Skip(1).Sum(step => step.Estimate(quick).TotalSeconds);
        var left = after + ((1 - Math.Clamp(share, 0, 1)) * current.Estimate(quick).TotalSeconds);

        // How the machine compares with the one of the estimates; believed more the longer the run has lasted.
        var done = (_watch.Elapsed - _step.Elapsed).TotalSeconds;
        var pace = (done + 30) / (_estimatedSoFar.TotalSeconds + 30);
        return TimeSpan.FromSeconds(left * pace);
    }

    private static string Clock(TimeSpan time) =>
        string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalMinutes}:{time.Seconds:00}");
}
