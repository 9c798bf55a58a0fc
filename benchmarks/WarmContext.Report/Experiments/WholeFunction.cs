using System.Globalization;
using OrderDemo;
using WarmContext.Report.Model;
using WarmContext.Report.Running;
using WarmContext.Report.Statistics;

namespace WarmContext.Report.Experiments;

/// <summary>Both forms of the order function, JIT and Native AOT, at several memory sizes, with and without freezes.</summary>
internal sealed class WholeFunction : Experiment
{
    private const int OneCpu = 1769;

    public override string Practice => Catalog.Practice.Function;

    public override string Id => "function";

    public override IReadOnlyList<string> Questions { get; } =
    [
        "function-cold", "function-init", "function-first", "function-warm-frozen", "function-warm-awake", "function-billed",
        "function-lost",
    ];

    public override string Title => "the whole order function";

    public override TimeSpan Estimate(bool quick) => TimeSpan.FromSeconds(quick ? 22 : 330);

    public override async Task<IReadOnlyList<Question>> RunAsync(RunContext context)
    {
        var forms = await FormsAsync(context);
        await using var lab = await FunctionLab.StartAsync(context.WorkDirectory, context.CancellationToken);
        int[] sizes = context.Quick ? [OneCpu] : [512, 1024, OneCpu];
        Run[] runs =
        [
            .. from form in forms
               from run in sizes.Select(static memory => (Memory: memory, Freezes: true)).Append((Memory: OneCpu, Freezes: false))
               select new Run(form.Id, form.Label, form.Form, run.Memory, run.Freezes),
        ];
        await MeasureAsync(context, lab, runs);
        var shares = runs.Where(static run => run.Freezes)
            .GroupBy(static run => run.Memory)
            .Select(static group => (Memory: group.Key, Share: group.First().Tally.CpuShare))
            .ToArray();
        var sentences = shares.Select(static s => string.Create(
            CultureInfo.InvariantCulture, $"{s.Memory} MB had {s.Share ?? Environment.ProcessorCount:0.##} processors"));
        var note = shares.All(static s => s.Share is null)
            ? "The share of the processor that a memory size buys was not enforced on this machine: the sizes differ by name only."
            : string.Join(", ", sentences)
                + ", from the end of Init on. In Init none of them was limited: Lambda is generous there too, "
                + "which AWS doesn't document, and at small sizes it is why work is done faster in Init.";
        return [.. Times(runs, note), await LostAsync(lab, runs, context.CancellationToken)];
    }

    private static async Task<(string Id, string Label, FunctionForm Form)[]> FormsAsync(RunContext context)
    {
        (string, string, FunctionForm)[] compiled =
        [
            ("naive-jit", "naive, JIT", FunctionForm.Naive),
            ("warm-jit", "warm, JIT", FunctionForm.Warm),
        ];
        if (context.Quick)
        {
            return compiled;
        }

        var naive = await NativeAot.PublishAsync(context, "naive-order", "benchmarks/NaiveOrderFunction.NativeAot");
        var warm = await NativeAot.PublishAsync(context, "warm-order", "samples/OrderFunction.NativeAot");
        return
        [
            .. compiled,
            ("naive-aot", "naive, Native AOT", new FunctionForm("naive", "bootstrap", naive)),
            ("warm-aot", "warm, Native AOT", new FunctionForm("warm", "bootstrap", warm)),
        ];
    }

    // Environment by environment in turn, so that what else the machine does weighs on all alike.
    private static async Task MeasureAsync(RunContext context, FunctionLab lab, Run[] runs)
    {
        var environments = context.Times(5, 2);
        for (var round = 0; round < environments; round++)
        {
            for (var i = 0; i < runs.Length; i++)
            {
                var run = runs[i];
                context.Report(
                    ((round * runs.Length) + i) / (double)(environments * runs.Length),
                    $"{run.Label}, {run.Memory} MB{(run.Freezes ? string.Empty : ", not frozen")}");
                await using var environment = await lab.StartAsync(
                    run.Form, run.Bucket, run.Memory, run.Freezes, context.CancellationToken);
                await run.Tally.RunAsync(environment, lab, context.Times(30, 8), run.Freezes, context.CancellationToken);
            }
        }
    }

    private Question[] Times(Run[] runs, string note)
    {
        return
        [
            Of("function-cold", "A cold start: Init and the first invocation", frozen: true, static tally => tally.Cold),
            Of("function-init", "Init alone", frozen: true, static tally => tally.Init),
            Of("function-first", "The first invocation alone", frozen: true, static tally => tally.First),
            Of("function-warm-frozen", "A warm invocation, frozen in between", frozen: true, static tally => tally.Warm, all: true),
            Of("function-warm-awake", "A warm invocation, never frozen", frozen: false, static tally => tally.Warm, all: true),
            Of(
                "function-billed", "A warm invocation's billed time, until the environment is frozen",
                frozen: true, static tally => tally.Billed),
        ];

        Question Of(string id, string title, bool frozen, Func<FunctionTally, IEnumerable<double>> select, bool all = false) => new()
        {
            Id = id, Practice = Practice, Title = title, Note = note, ShowsTail = all,
            Hides = "The database and S3 are 1 ms away over TLS and otherwise idle; Lambda's own work before Init (fetching the package, "
                + "starting the virtual machine) is not imitated.",
            Rows = Rows.Of(
                [.. runs.Where(run => run.Freezes == frozen).Select(run => run.Measured([.. select(run.Tally)], all))], paired: false),
        };
    }

    private async Task<Question> LostAsync(FunctionLab lab, Run[] runs, CancellationToken cancellationToken)
    {
        // What has left the functions still arrives.
        await Task.Delay(500, cancellationToken);
        var measured = new List<Measured>();
        foreach (var group in runs.GroupBy(static run => run.Bucket))
        {
            var (run, accepted) = (group.First(), group.Sum(static run => run.Tally.Accepted));
            var arrived = await (await lab.BucketAsync(group.Key, cancellationToken)).AuditRecordsAsync(cancellationToken);
            measured.Add(
                new Measured(group.Key, $"{run.Label}, {(run.Freezes ? "frozen in between" : "never frozen")}", run.Role)
                {
                    Group = group.Key,
                    Failed = (int)(accepted - arrived),
                    Succeeded = (int)arrived,
                });
        }

        return new Question
        {
            Id = "function-lost",
            Practice = Practice,
            Title = "Work lost: audit records of accepted orders that never arrived",
            FailureWord = "lost",
            Hides = "Environments are reclaimed while frozen, as on Lambda, after some thirty invocations; there, "
                + "anything between one and thousands of invocations may come before that.",
            Rows = Rows.Of(measured, paired: false),
        };
    }

    private sealed record Run(string Id, string Label, FunctionForm Form, int Memory, bool Freezes)
    {
        public FunctionTally Tally { get; } = new();

        public string Bucket => $"{Id}-{(Freezes ? "frozen" : "awake")}";

        public RowRole Role => Form.Name == "naive" ? RowRole.Baseline : RowRole.WarmContext;

        // Compared with the naive form that was compiled the same way and given the same memory.
        public Measured Measured(IReadOnlyList<double> samples, bool withFailures) => new(
            string.Create(CultureInfo.InvariantCulture, $"{Id}-{Memory}"),
            string.Create(CultureInfo.InvariantCulture, $"{Label}, {Memory} MB"),
            Role)
        {
            Group = string.Create(CultureInfo.InvariantCulture, $"{Label.Split(", ")[1]}, {Memory} MB"), Samples = samples,
            Failed = withFailures ? Tally.Refusals.Count : 0, Error = withFailures ? Tally.Refusals.FirstOrDefault() : null,
        };
    }
}
