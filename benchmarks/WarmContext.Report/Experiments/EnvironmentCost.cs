using System.Diagnostics;
using WarmContext.Report.Model;
using WarmContext.Report.Running;
using WarmContext.Report.Statistics;

namespace WarmContext.Report.Experiments;

/// <summary>What the local execution environment itself costs.</summary>
internal sealed class EnvironmentCost : Experiment
{
    private const int PerTurn = 50;

    public override string Practice => Catalog.Practice.Environment;

    public override string Id => "environment-cost";

    public override IReadOnlyList<string> Questions { get; } = ["environment-overhead", "freeze-cycles", "echo-cold-start"];

    public override string Title => "what the local execution environment costs";

    public override TimeSpan Estimate(bool quick) => TimeSpan.FromSeconds(quick ? 8 : 60);

    public override async Task<IReadOnlyList<Question>> RunAsync(RunContext context) =>
        [await OverheadAsync(context), await FreezesAsync(context), await ColdStartAsync(context)];

    private async Task<Question> OverheadAsync(RunContext context)
    {
        context.Report(0, "invocations");
        await using var environment = await EchoForm.StartAsync("PlainEcho", context.CancellationToken);
        using var bare = new BareExchange();
        var measured = await Turns.TakeAsync(
            [
                new("bare", "the bare HTTP exchange", RowRole.Baseline, Repeat(bare.RunAsync)) { PerTurn = PerTurn },
                new("invocation", "an invocation of the echo function", RowRole.WarmContext, Repeat(InvokeAsync)) { PerTurn = PerTurn },
            ],
            context.Times(60, 6), 4, context.CancellationToken);
        return new Question
        {
            Id = Questions[0], Practice = Practice, Title = "An invocation, beside one HTTP exchange on loopback", Paired = true,
            Hides = "An invocation is two exchanges (the event and the answer), a freeze and a thaw; "
                + "the baseline is one exchange with no HTTP client or server around it.",
            Rows = Rows.Of(measured, paired: true),
        };

        Task InvokeAsync(CancellationToken cancellationToken) => environment.InvokeAsync(EchoForm.Payload, cancellationToken);

        static Func<CancellationToken, Task> Repeat(Func<CancellationToken, Task> once) => async cancellationToken =>
        {
            for (var i = 0; i < PerTurn; i++)
            {
                await once(cancellationToken);
            }
        };
    }

    private async Task<Question> FreezesAsync(RunContext context)
    {
        context.Report(0.3, "freezes");
        await using var environment = await EchoForm.StartAsync("PlainEcho", context.CancellationToken);
        var cycles = context.Times(1000, 100);
        var measured = await Turns.TakeAsync(
            [
                new("thousand", "1,000 invocations, each with a freeze and a thaw", RowRole.WarmContext, async cancellationToken =>
                {
                    for (var i = 0; i < cycles; i++)
                    {
                        await environment.WaitUntilFrozenAsync(cancellationToken);
                        await environment.InvokeAsync(EchoForm.Payload, cancellationToken);
                    }
                }),
            ],
            context.Times(5, 2), 1, context.CancellationToken);
        return new Question
        {
            Id = Questions[1],
            Practice = Practice,
            Title = "Freezing and thawing a thousand times",
            Hides = "The echo function has few threads and little memory to be frozen.",
            Note = cycles == 1000 ? null : $"Measured over {cycles} and multiplied.",
            Rows = Rows.Of(
                [.. measured.Select(row => row with { Samples = [.. row.Samples.Select(sample => sample * 1000 / cycles)] })],
                paired: false),
        };
    }

    private async Task<Question> ColdStartAsync(RunContext context)
    {
        context.Report(0.6, "cold starts");
        var init = new List<double>();
        var plain = await Turns.TakeAsync(
            [
                new("plain", "a plain start: dotnet EchoFunction.dll, to its end", RowRole.Baseline, StartAsync),
                new("environment", "Init in the local execution environment", RowRole.WarmContext, async cancellationToken =>
                {
                    await using var environment = await EchoForm.StartAsync("PlainEcho", cancellationToken);
                    init.Add(environment.InitDuration!.Value.TotalNanoseconds);
                }),
            ],
            context.Times(25, 3), 1, context.CancellationToken);

        // Init ends when the function first asks for an invocation; what comes after, up to the environment's end, is not its cold start.
        return new Question
        {
            Id = Questions[2], Practice = Practice, Title = "A cold start of the echo function", Paired = true,
            Hides = "The assemblies are in the page cache.",
            Rows = Rows.Of([plain[0], plain[1] with { Samples = init[^plain[1].Samples.Count..] }], paired: true),
        };
    }

    private static async Task StartAsync(CancellationToken cancellationToken)
    {
        using var process = Process.Start(
            new ProcessStartInfo("dotnet", [Path.Combine(EchoForm.Directory, "EchoFunction.dll")]) { RedirectStandardOutput = true })!;
        await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
    }
}
