using Spectre.Console;
using WarmContext.Report.Catalog;
using WarmContext.Report.Model;
using WarmContext.Report.Running;

namespace WarmContext.Report;

public class RunnerTests
{
    [Fact]
    public async Task A_step_that_fails_fails_the_run_by_name_and_does_not_stop_the_others()
    {
        using var folder = new TemporaryFolder();
        using var output = new StringWriter();
        var runner = new Runner(Plain(output), quick: true);
        var plan = new RunPlan(
        [
            new Step("broken", static _ => throw new InvalidOperationException("no service")),
            new Step("working", static _ => Task.CompletedTask),
        ]);

        await runner.MeasureAsync(plan, folder.Path, CancellationToken.None);

        Assert.Equal(["broken: InvalidOperationException: no service"], runner.Failures);
        Assert.Equal(["working"], runner.Questions.Select(static question => question.Id));
        Assert.Contains("1/2  the step broken  about", output.ToString(), StringComparison.Ordinal);
        Assert.Matches(@"failed after \d+ s: broken: InvalidOperationException: no service", output.ToString());
        Assert.Contains("2/2  the step working  about", output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_run_that_is_ended_has_no_results_whatever_the_step_under_way_makes_of_it(bool throwsItsOwn)
    {
        using var folder = new TemporaryFolder();
        using var output = new StringWriter();
        using var end = new CancellationTokenSource();
        var runner = new Runner(Plain(output), quick: true);
        var plan = new RunPlan([new Step("ended", async cancellationToken =>
        {
            await end.CancelAsync();
            if (throwsItsOwn)
            {
                throw new IOException("The connection was closed.");
            }

            cancellationToken.ThrowIfCancellationRequested();
        })]);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => runner.MeasureAsync(plan, folder.Path, end.Token));
        Assert.Empty(runner.Questions);
    }

    private static IAnsiConsole Plain(StringWriter output)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(output),
        });
        console.Profile.Width = 200;
        return console;
    }

    private sealed class Step(string id, Func<CancellationToken, Task> run) : RunStep
    {
        public override string Id => id;

        public override string Title => "the step " + id;

        public override IReadOnlyList<string> Questions => [id];

        public override TimeSpan Estimate(bool quick) => TimeSpan.FromSeconds(1);

        public override async Task<IReadOnlyList<Question>> RunAsync(RunContext context)
        {
            await run(context.CancellationToken);
            return [new Question { Id = id, Practice = Practice.Hold, Title = id, Hides = "It is made up.", Rows = [] }];
        }
    }
}
