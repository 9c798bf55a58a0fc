using OrderDemo;
using WarmContext.LocalServices;
using WarmContext.Report.Model;
using WarmContext.Report.Running;

namespace WarmContext.Report.Experiments;

/// <summary>
/// The demo: both forms through cold starts, a long freeze, a database restart and a changed file. Its table is the README's.
/// </summary>
internal sealed class DemoStory : Experiment
{
    public override string Practice => Catalog.Practice.Function;

    public override IReadOnlyList<string> Questions { get; } = ["demo"];

    public override string Title => "the demo";

    public override TimeSpan Estimate(bool quick) => TimeSpan.FromSeconds(quick ? 35 : 50);

    public override async Task<IReadOnlyList<Question>> RunAsync(RunContext context)
    {
        var options = new DemoOptions { Invocations = context.Times(new DemoOptions().Invocations, 9) };
        await using var server = LocalPostgres.IsConfigured ? null : await PrivatePostgres.StartAsync(context.CancellationToken);
        var naive = await RunAsync(FunctionForm.Naive, 0);
        var warm = await RunAsync(FunctionForm.Warm, 0.5);
        context.AddStory(ResultTable.Rows(naive, warm).Select(static row => new StoryRow(row.Figure, row.Naive, row.Warm, row.Practice)));
        return [];

        async Task<FormResult> RunAsync(FunctionForm form, double share)
        {
            var id = Guid.NewGuid().ToString("N")[..8];
            await using var database = await OrderDatabase.CreateAsync(server, $"orders_{form.Name}_{id}", context.CancellationToken);
            await using var bucket = await OrderBucket.CreateAsync(
                $"orders-{form.Name}-{id}", options.S3Latency, context.CancellationToken);
            return await Story.RunAsync(
                form, database, bucket, options, new Progress<string>(doing => context.Report(share, doing)), context.CancellationToken);
        }
    }
}
