using WarmContext.Report.Model;
using WarmContext.Report.Running;
using WarmContext.Report.Statistics;

namespace WarmContext.Report.Experiments;

/// <summary>The first client and the first call of a process, beside later ones.</summary>
internal sealed class FirstS3Client : Experiment
{
    public override string Practice => Catalog.Practice.Hold;

    public override IReadOnlyList<string> Questions { get; } = ["client-first"];

    public override string Title => "the first S3 client of a process";

    public override TimeSpan Estimate(bool quick) => TimeSpan.FromSeconds(quick ? 4 : 20);

    public override async Task<IReadOnlyList<Question>> RunAsync(RunContext context)
    {
        await using var lab = await FileLab.CreateAsync(context.WorkDirectory, context.CancellationToken);
        await lab.PutAsync("object", 1_000, context.CancellationToken);
        var figures = new List<IReadOnlyDictionary<string, double>>();
        var processes = context.Times(20, 3);
        for (var i = 0; i < processes; i++)
        {
            context.Report((double)i / processes, "a new process");
            figures.Add(await Probe.RunAsync(context, "s3-client", lab.Bucket, "object"));
        }

        return
        [
            new Question
            {
                Id = Questions[0],
                Practice = Practice,
                Title = "An S3 client in a new process (JIT): what is slow only once",
                Paired = true,
                Hides = "Loopback without TLS and with fixed credentials: a real first call also makes a TLS handshake and may fetch "
                    + "credentials. Read-to-run code and the page cache are warm.",
                Note = "The first call costs far more than construction: holding a client saves little by itself, "
                    + "calling it in Init takes this out of the first invocation.",
                Rows = Rows.Of(
                [
                    Way("first-call", "the first call", RowRole.Baseline),
                    Way("first-construction", "the first construction"),
                    Way("second-construction", "a later construction"),
                    Way("second-call", "the second call"),
                    Way("steady-call", "a call later on"),
                ], paired: true),
            },
        ];

        Measured Way(string id, string label, RowRole role = RowRole.Alternative) =>
            new(id, label, role) { Samples = [.. figures.Select(f => f[id])] };
    }
}
