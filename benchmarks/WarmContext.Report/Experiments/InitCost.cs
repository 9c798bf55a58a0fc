using WarmContext.Report.Model;
using WarmContext.Report.Running;
using WarmContext.Report.Statistics;

namespace WarmContext.Report.Experiments;

/// <summary>What WarmContext adds to Init: the same function with and without it, in turn.</summary>
internal sealed class InitCost : Experiment
{
    public override string Practice => Catalog.Practice.Lifecycle;

    public override IReadOnlyList<string> Questions { get; } = ["init-cost"];

    public override string Title => "what WarmContext adds to Init";

    public override TimeSpan Estimate(bool quick) => TimeSpan.FromSeconds(quick ? 4 : 200);

    public override async Task<IReadOnlyList<Question>> RunAsync(RunContext context)
    {
        var forms = new List<(string Id, string Label, string Group, RowRole Role, string Handler, string Directory)>
        {
            (
                "plain-jit", "without WarmContext, JIT", "JIT", RowRole.Baseline,
                "EchoFunction::EchoFunction.PlainEcho::HandleAsync", EchoForm.Directory),
            (
                "warm-jit", "through WarmHandler, JIT", "JIT", RowRole.WarmContext,
                "EchoFunction::EchoFunction.WarmEcho::HandleAsync", EchoForm.Directory),
        };
        if (!context.Quick)
        {
            var plain = await NativeAot.PublishAsync(context, "plain-echo", "benchmarks/EchoFunction", "-p:EchoForm=plain");
            var warm = await NativeAot.PublishAsync(context, "warm-echo", "benchmarks/EchoFunction", "-p:EchoForm=warm");
            forms.Add(("plain-aot", "without WarmContext, Native AOT", "Native AOT", RowRole.Baseline, "bootstrap", plain));
            forms.Add(("warm-aot", "through WarmHandler, Native AOT", "Native AOT", RowRole.WarmContext, "bootstrap", warm));
        }

        var times = forms.Select(static _ => new List<double>()).ToArray();
        // Starts scatter by a tenth and more, and what is looked for is less than that.
        var rounds = context.Times(100, 3);
        var random = new Random(1);
        for (var round = -1; round < rounds; round++)
        {
            context.Report((double)Math.Max(0, round) / rounds, "a cold start of each");
            var order = Enumerable.Range(0, forms.Count).ToArray();
            random.Shuffle(order);
            foreach (var i in order)
            {
                await using var environment = await EchoForm.StartAsync(forms[i].Handler, forms[i].Directory, context.CancellationToken);
                (await environment.InvokeAsync(EchoForm.Payload, context.CancellationToken)).EnsureSuccess();
                if (round >= 0)
                {
                    times[i].Add(environment.InitDuration!.Value.TotalNanoseconds);
                }
            }
        }

        return
        [
            new Question
            {
                Id = Questions[0], Practice = Practice, Title = "Init of an echo function", Paired = true,
                Hides = "The assemblies are in the page cache; on Lambda a cold start reads them from a cache across the network, "
                    + "where their size counts as well.",
                Rows = Rows.Of(
                    [.. forms.Select((form, i) => new Measured(form.Id, form.Label, form.Role) { Group = form.Group, Samples = times[i] })],
                    paired: true),
            },
        ];
    }
}
