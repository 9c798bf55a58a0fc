using Spectre.Console;
using WarmContext.Report.Commands;
using WarmContext.Report.Comparing;
using WarmContext.Report.Model;

namespace WarmContext.Report;

public class ComparisonTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Another_run_of_the_same_is_noise(int seed)
    {
        var comparison = ResultComparison.Of(SyntheticResults.Create(1), SyntheticResults.Create(seed));
        Assert.DoesNotContain(comparison.Changes, static change => change.Kind is not (ChangeKind.Same or ChangeKind.Unclear));
        Assert.False(comparison.HasRegressions);
    }

    [Fact]
    public void What_became_slower_and_faster_is_told_and_nothing_else()
    {
        var newer = SyntheticResults.Create(2, factor: static (question, row) => (question, row) switch
        {
            ("file-hit", "LeaseHit") => 1.2,
            ("holder-read", "WarmValue") => 0.7,
            _ => 1,
        });
        var told = ResultComparison.Of(SyntheticResults.Create(1), newer).Changes
            .Where(static change => change.Kind is not (ChangeKind.Same or ChangeKind.Unclear))
            .ToArray();
        Assert.Equal([ChangeKind.Faster, ChangeKind.Slower], told.Select(static change => change.Kind).Order());
        Assert.Equal(["LeaseHit", "WarmValue"], told.Select(static change => change.New!.Id).Order());
        Assert.InRange(told.First(static change => change.Kind == ChangeKind.Slower).Ratio!.Value, 1.15, 1.25);
    }

    [Fact]
    public void A_change_within_the_margin_does_not_count()
    {
        var newer = SyntheticResults.Create(2, factor: static (_, _) => 1.03);
        Assert.DoesNotContain(
            ResultComparison.Of(SyntheticResults.Create(1), newer).Changes, static change => change.Kind is ChangeKind.Slower);
        Assert.Contains(
            ResultComparison.Of(SyntheticResults.Create(1), newer, margin: 0).Changes, static change => change.Kind is ChangeKind.Slower);
    }

    [Fact]
    public void More_failures_are_a_regression_and_rows_that_come_or_go_are_named()
    {
        var older = SyntheticResults.Create(1);
        var failing = older with { Questions = [.. older.Questions.Select(static q => q.Id == "file-hit" ? Failing(q) : q)] };
        Assert.True(ResultComparison.Of(older, failing).HasRegressions);
        Assert.False(ResultComparison.Of(failing, older).HasRegressions);
        var fewer = older with { Questions = [.. older.Questions.Skip(1)] };
        Assert.Contains(ResultComparison.Of(older, fewer).Changes, static change => change.Kind == ChangeKind.Removed);
        Assert.Contains(ResultComparison.Of(fewer, older).Changes, static change => change.Kind == ChangeKind.Added);

        static Question Failing(Question question) =>
            question with { Rows = [.. question.Rows.Select(static row => row with { Failed = 1, Attempts = row.Attempts + 1 })] };
    }

    [Fact]
    public void Another_machine_is_pointed_out()
    {
        var older = SyntheticResults.Create(1);
        var newer = older with { Environment = older.Environment with { Processor = "another", Quick = true } };
        var warnings = ResultComparison.Of(older, newer).Warnings;
        Assert.Contains(warnings, static warning => warning.Contains("processor", StringComparison.Ordinal));
        Assert.Contains(warnings, static warning => warning.Contains("quick", StringComparison.Ordinal));
    }

    [Fact]
    public void Whole_questions_that_one_set_lacks_are_named_in_a_line_and_row_by_row_when_asked_for()
    {
        using var folder = new TemporaryFolder();
        var all = SyntheticResults.Create(1);
        var some = all with { Questions = [.. all.Questions.Where(static question => question.Id != "connection-query")] };
        var (whole, filtered) = (folder.Write("whole", all), folder.Write("filtered", some));

        Assert.Contains(
            "Only the older set has: The question of connection-query (4).", Said(whole, filtered, all: false), StringComparison.Ordinal);
        Assert.Contains(
            "Only the newer set has: The question of connection-query (4).", Said(filtered, whole, all: false), StringComparison.Ordinal);
        Assert.DoesNotContain("| removed", Said(whole, filtered, all: false), StringComparison.Ordinal);
        Assert.DoesNotContain("Only the", Said(whole, whole, all: false), StringComparison.Ordinal);

        var listed = Said(whole, filtered, all: true);
        Assert.DoesNotContain("Only the", listed, StringComparison.Ordinal);
        Assert.Equal(4, listed.Split("| removed").Length - 1);

        static string Said(string older, string newer, bool all)
        {
            using var output = new StringWriter();
            var console = AnsiConsole.Create(new AnsiConsoleSettings
            {
                Ansi = AnsiSupport.No,
                ColorSystem = ColorSystemSupport.NoColors,
                Out = new AnsiConsoleOutput(output),
            });
            console.Profile.Width = 200;
            Assert.Equal(0, CompareCommand.Run(console, older, newer, ResultComparison.DefaultMargin, all));
            return output.ToString();
        }
    }

    [Fact]
    public async Task The_command_s_exit_code_says_what_it_found()
    {
        using var folder = new TemporaryFolder();
        var (older, same, slower) = (
            folder.Write("old", SyntheticResults.Create(1)),
            folder.Write("same", SyntheticResults.Create(2)),
            folder.Write("slower", SyntheticResults.Create(2, factor: static (_, _) => 1.3)));
        Assert.Equal(0, await ReportCommand.InvokeAsync(["compare", older, same]));
        Assert.Equal(CompareCommand.Regressed, await ReportCommand.InvokeAsync(["compare", older, slower]));
        Assert.Equal(0, await ReportCommand.InvokeAsync(["compare", slower, older]));
        Assert.Equal(0, await ReportCommand.InvokeAsync(["compare", older, slower, "--margin", "50"]));
        Assert.Equal(2, await ReportCommand.InvokeAsync(["compare", older, Path.Combine(folder.Path, "missing")]));
        Assert.Equal(1, await ReportCommand.InvokeAsync(["compare", older, same, "--margin", "-1"]));
    }
}
