using System.Globalization;
using WarmContext.Report.Model;
using WarmContext.Report.Running;
using WarmContext.Report.Statistics;

namespace WarmContext.Report.Experiments;

/// <summary>
/// What the analyzers add to a build, asked of the script and the test that measure it.
/// Of the script's rows it takes the one in which the SDK's own analyzers are on: that is what a user has.
/// </summary>
internal sealed class AnalyzerCost : Experiment
{
    public override string Practice => Catalog.Practice.Analyzers;

    public override string Id => "analyzer-cost";

    public override IReadOnlyList<string> Questions { get; } = ["analyzer-compile", "analyzer-rule"];

    public override string Title => "what the analyzers add to a build";

    public override bool IsQuick => false;

    public override TimeSpan Estimate(bool quick) => TimeSpan.FromSeconds(300);

    public override async Task<IReadOnlyList<Question>> RunAsync(RunContext context)
    {
        var differences = Path.Combine(context.WorkDirectory, "compiles");

        // Three compiler servers, because they differ from one another.
        for (var run = 0; run < 3; run++)
        {
            context.Report(run * 0.3, "compiling 200 files with and without them");
            await ChildProcess.RunAsync(
                Path.Combine(context.Repository, "eng", "analyzers", "measure-speed"),
                ["15"],
                context.Repository,
                null,
                context.CancellationToken,
                new Dictionary<string, string>
                {
                    ["SKIP_BUILD"] = run == 0 ? "0" : "1",
                    ["ROWS"] = "sdk",
                    ["WARMUPS"] = "25",
                    ["DIFFERENCES"] = differences,
                });
        }

        var added = File.Exists(differences)
            ? File.ReadLines(differences).Select(static line => double.Parse(line, CultureInfo.InvariantCulture)).ToArray()
            : throw new ReportException("eng/analyzers/measure-speed wrote no paired differences to DIFFERENCES.");

        return
        [
            new Question
            {
                Id = Questions[0], Practice = Practice, Title = "Added to the compile of a 200-file project", Unit = Unit.Percent,
                Hides = "The compiler server is warm and its processor time is what is measured; "
                    + "a first build also pays for loading the analyzers.",
                Rows = Rows.Of(
                    [new Measured("added", "all rules, against none: paired compiles", RowRole.WarmContext) { Samples = added }],
                    paired: false),
            },
            new Question
            {
                Id = Questions[1], Practice = Practice, Title = "The slowest rule on the corpus' largest file",
                Hides = "The best of five runs of each rule alone, each paying for the call graph that they share.",
                Rows = Rows.Of(
                    [new Measured("slowest", "the slowest rule", RowRole.WarmContext) { Samples = [await SlowestAsync(context)] }],
                    paired: false),
            },
        ];
    }

    private static async Task<double> SlowestAsync(RunContext context)
    {
        context.Report(0.9, "the slowest rule");
        var figures = Path.Combine(context.WorkDirectory, "rules");
        await ChildProcess.RunAsync(
            "dotnet",
            ["test", "tests/WarmContext.Analyzers.Tests", "--filter", "FullyQualifiedName~No_rule_takes_more_than_fifty_milliseconds"],
            context.Repository,
            null,
            context.CancellationToken,
            new Dictionary<string, string> { ["WARMCONTEXT_RULE_TIMES"] = figures });
        return File.Exists(figures)
            ? File.ReadLines(figures).Max(static line => double.Parse(line.Split('=')[1], CultureInfo.InvariantCulture)) * 1e6
            : throw new ReportException("The analyzers' test of their speed wrote no figures to WARMCONTEXT_RULE_TIMES.");
    }
}
