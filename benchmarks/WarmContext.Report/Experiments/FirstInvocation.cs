using OrderDemo;
using WarmContext.Report.Model;
using WarmContext.Report.Running;
using WarmContext.Report.Statistics;

namespace WarmContext.Report.Experiments;

/// <summary>The order function's first invocation, with its warm-up and without.</summary>
internal sealed class FirstInvocation : Experiment
{
    public override string Practice => Catalog.Practice.Lifecycle;

    public override IReadOnlyList<string> Questions { get; } = ["first-invocation", "first-invocation-cold"];

    public override string Title => "the first invocation, with warm-up and without";

    public override TimeSpan Estimate(bool quick) => TimeSpan.FromSeconds(quick ? 10 : 50);

    public override async Task<IReadOnlyList<Question>> RunAsync(RunContext context)
    {
        await using var lab = await FunctionLab.StartAsync(context.WorkDirectory, context.CancellationToken);
        var tallies = new Dictionary<bool, FunctionTally> { [false] = new(), [true] = new() };
        var rounds = context.Times(15, 3);
        for (var round = 0; round < rounds; round++)
        {
            context.Report((double)round / rounds, "a pair of environments");
            foreach (var warmUp in round % 2 == 0 ? new[] { false, true } : [true, false])
            {
                await using var environment = await lab.StartAsync(
                    FunctionForm.Warm, "first", 1769, freezes: true, context.CancellationToken, warmUp);
                await tallies[warmUp].RunAsync(environment, lab, 0, freezes: true, context.CancellationToken);
            }
        }

        var refusals = tallies.Values.SelectMany(static tally => tally.Refusals).ToArray();
        if (refusals.Length > 0)
        {
            throw new InvalidOperationException($"An order was refused: {refusals[0]}");
        }

        return
        [
            Of("first-invocation", "The order function's first invocation", static tally => tally.First),
            Of("first-invocation-cold", "The same, with Init", static tally => tally.Cold),
        ];

        Question Of(string id, string title, Func<FunctionTally, IEnumerable<double>> select) => new()
        {
            Id = id, Practice = Practice, Title = title, Paired = true,
            Hides = "What moves into Init is still billed there; with provisioned concurrency or SnapStart nobody waits for it, "
                + "on demand the caller does.",
            Note = "JIT, one vCPU's memory, services 1 ms away over TLS. "
                + "The second table shows what is left of the saving when Init counts.",
            Rows = Rows.Of(
            [
                new Measured("without", "without warm-up", RowRole.Baseline) { Samples = [.. select(tallies[false])] },
                new Measured("with", "with WarmUp in Init", RowRole.WarmContext) { Samples = [.. select(tallies[true])] },
            ], paired: true),
        };
    }
}
