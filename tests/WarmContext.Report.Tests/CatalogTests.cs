using WarmContext.Report.Catalog;
using WarmContext.Report.Experiments;
using WarmContext.Report.Model;
using WarmContext.Report.Running;
using WarmContext.TestSupport;

namespace WarmContext.Report;

public class CatalogTests
{
    [Fact]
    public void Every_goal_has_a_question_that_the_full_run_asks()
    {
        var asked = RunPlan.Of(quick: false, null).Steps.SelectMany(static step => step.Questions).ToHashSet();
        Assert.All(GoalCatalog.All, goal => Assert.Contains(goal.Question, asked));
        Assert.Equal(GoalCatalog.All.Select(static goal => goal.Id).Distinct().Count(), GoalCatalog.All.Count);
    }

    [Fact]
    public void Every_goal_is_measured_and_judged_when_its_rows_are_there()
    {
        Assert.All(SyntheticResults.Create().Goals, static goal => Assert.True(goal.IsMet is not null, goal.Id));
        Assert.All(GoalCatalog.Judge([]), static goal => Assert.Null(goal.IsMet));
    }

    [Fact]
    public void A_goal_is_met_on_the_right_side_of_its_bound()
    {
        var goal = new Goal
        {
            Id = "g",
            Practice = Practice.Hold,
            Text = "t",
            Question = "q",
            Bound = 2,
            Measured = new Estimate(1.9, 1.8, 2.1),
        };
        Assert.True(goal.IsMet);
        Assert.False(goal.IsClear);
        Assert.False((goal with { IsUpperBound = false }).IsMet);
        Assert.True((goal with { Measured = new Estimate(1.5, 1.4, 1.6) }).IsClear);
    }

    [Fact]
    public void Every_saving_of_charts_and_tables_is_measured_by_the_full_run()
    {
        var results = SyntheticResults.Create();
        Assert.All(SavingCatalog.All, saving => Assert.NotNull(saving.Of(results)));
        Assert.All(
            SavingCatalog.ByRoundTrip, saving => Assert.All(SavingCatalog.RoundTrips, trip => Assert.NotNull(saving.Of(results, trip))));
        var asked = RunPlan.Of(quick: false, null).Steps.SelectMany(static step => step.Questions).ToHashSet();
        Assert.All(SavingCatalog.All.Concat(SavingCatalog.ByRoundTrip), saving => Assert.Contains(saving.Question, asked));
    }

    // A method that is renamed would otherwise fail the full run only.
    [Fact]
    public void Every_benchmark_of_the_catalogue_is_in_its_project_and_every_benchmark_there_is_in_the_catalogue()
    {
        var folder = Path.Combine(RepositoryFiles.Root, "benchmarks", BenchmarkCatalog.Project);
        var sources = Directory.GetFiles(folder, "*Benchmarks.cs", SearchOption.AllDirectories)
            .Where(static file => !file.Contains("/obj/", StringComparison.Ordinal))
            .ToDictionary(static file => Path.GetFileNameWithoutExtension(file), File.ReadAllText);
        foreach (var question in BenchmarkCatalog.All)
        {
            var source = Assert.Contains(question.Type, sources);
            Assert.All(question.Rows, row => Assert.Matches($@"\[Benchmark[^\]]*\]\s+public [^=({{]*\b{row.Method}\(", source));
            Assert.Single(question.Rows, static row => row.Role == RowRole.Baseline);
        }

        Assert.All(sources.Keys, static type => Assert.Contains(BenchmarkCatalog.All, question => question.Type == type));
    }

    [Fact]
    public void A_quick_run_has_every_kind_of_step_and_its_estimate_is_under_five_minutes_with_the_builds()
    {
        var plan = RunPlan.Of(quick: true, null);
        Assert.True(plan.Estimate(quick: true) < TimeSpan.FromMinutes(4), $"{plan.Estimate(quick: true)}");
        Assert.True(RunPlan.Of(quick: false, null).Estimate(quick: false) < TimeSpan.FromMinutes(40));
        Assert.Equal(
            ExperimentCatalog.All.Where(static step => step.IsQuick).Select(static step => step.Id),
            plan.Steps.OfType<Experiment>().Select(static step => step.Id));
        Assert.DoesNotContain("analyzer-compile", plan.Steps.SelectMany(static step => step.Questions));
    }

    [Theory]
    [InlineData("file-hit", new[] { "file-hit" })]
    [InlineData(
        "connection-*",
        new[]
        {
            "connection-hot", "connection-query", "connection-lease", "connection-idle", "connection-dead",
            "connection-query-turns", "connection-round-trip", "connection-after-kill", "connection-half-open",
        })]
    [InlineData("analyzers, holder-read", new[] { "holder-read", "analyzer-compile", "analyzer-rule" })]
    public void A_filter_chooses_questions_and_practices(string filter, string[] questions) =>
        Assert.Equal(questions.Order(), RunPlan.Of(quick: false, filter).Steps.SelectMany(static step => step.Questions).Order());

    [Fact]
    public void A_filter_that_matches_nothing_says_what_there_is() => Assert.Contains(
        "file-hit", Assert.Throws<ReportException>(() => RunPlan.Of(false, "nothing-like-it")).Message, StringComparison.Ordinal);
}
