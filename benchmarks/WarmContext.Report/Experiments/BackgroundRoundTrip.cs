using Amazon.S3;
using Amazon.S3.Model;
using WarmContext.Relay;
using WarmContext.Report.Catalog;
using WarmContext.Report.Model;
using WarmContext.Report.Running;
using WarmContext.Report.Statistics;

namespace WarmContext.Report.Experiments;

/// <summary>Two small uploads that the caller need not wait for, at several distances, over TLS: how long the caller waits.</summary>
internal sealed class BackgroundRoundTrip : Experiment
{
    private static readonly InvocationInfo s_info = new() { RequestId = "8476a536-e9f4-11e8-9739-2dfe598c3fcd" };

    public override string Practice => Catalog.Practice.Background;

    public override IReadOnlyList<string> Questions { get; } = ["background-round-trip"];

    public override string Title => "background uploads at a distance";

    public override TimeSpan Estimate(bool quick) => TimeSpan.FromSeconds(quick ? 8 : 50);

    public override async Task<IReadOnlyList<Question>> RunAsync(RunContext context)
    {
        await using var lab = await FileLab.CreateAsync(context.WorkDirectory, context.CancellationToken);
        var measured = new List<Measured>();
        foreach (var trip in SavingCatalog.RoundTrips)
        {
            context.Report(SavingCatalog.RoundTrips.TakeWhile(t => t < trip).Count() / 5.0, $"{trip} ms away");
            await using var s3 = lab.At(new TcpRelayOptions { RoundTrip = TimeSpan.FromMilliseconds(trip) }, tls: true);
            var rows = await Turns.TakeAsync(
                Contenders(lab, s3.Client), context.Times(50, 5), context.Times(6, 2), context.CancellationToken);
            measured.AddRange(rows.Select(row => row with { RoundTripMilliseconds = trip }));
        }

        return
        [
            new Question
            {
                Id = Questions[0],
                Practice = Practice,
                Title = "Two audit records to S3: how long the caller waits, against the distance",
                Paired = true,
                Hides = "Work after the response is billed like any other, and occupies the environment; "
                    + "the whole-function runs below show what is lost when nobody waits.",
                Note = "Fire-and-forget is as quick as after the response, and loses what the freeze cuts.",
                Rows = Rows.Of(measured, paired: true),
            },
        ];
    }

    private static Contender[] Contenders(FileLab lab, AmazonS3Client client)
    {
        var environment = ExecutionEnvironment.Create(new Dictionary<string, string?>());
        var before = new InvocationRunner(new InvocationOptions { Environment = environment });
        var guard = new WaitingGuard();
        var after = new InvocationRunner(new InvocationOptions
        {
            Environment = environment,
            BackgroundCompletion = BackgroundCompletion.AfterResponse,
            FreezeGuard = guard,
        });
        var forgotten = Task.CompletedTask;
        return
        [
            new("inline", "awaited one after the other", RowRole.Baseline, async cancellationToken =>
            {
                await UploadAsync("a", cancellationToken);
                await UploadAsync("b", cancellationToken);
            }),
            new(
                "when-all",
                "Task.WhenAll",
                RowRole.Alternative,
                cancellationToken => Task.WhenAll(UploadAsync("a", cancellationToken), UploadAsync("b", cancellationToken))),
            new("forget", "fire and forget (may be lost)", RowRole.Alternative, cancellationToken =>
            {
                forgotten = Task.WhenAll(UploadAsync("a", cancellationToken), UploadAsync("b", cancellationToken));
                return Task.CompletedTask;
            }) { After = _ => forgotten },
            new("before-return", "BackgroundTasks, before the return", RowRole.WarmContext, _ => before.RunAsync(s_info, 0, Handle)),
            new("after-response", "BackgroundTasks, after the response", RowRole.WarmContext, _ => after.RunAsync(s_info, 0, Handle))
            {
                After = _ => guard.Work,
            },
        ];

        Task<bool> Handle(int state, Invocation invocation)
        {
            invocation.Background.Run("a", token => UploadAsync("a", token));
            invocation.Background.Run("b", token => UploadAsync("b", token));
            return Task.FromResult(true);
        }

        Task UploadAsync(string key, CancellationToken cancellationToken) =>
            client.PutObjectAsync(
                new PutObjectRequest { BucketName = lab.Bucket, Key = key, ContentBody = "an audit record", UseChunkEncoding = false },
                cancellationToken);
    }

    /// <summary>Stands for what holds the freeze back on Lambda: here nobody freezes anything.</summary>
    private sealed class WaitingGuard : IFreezeGuard
    {
        public Task Work { get; private set; } = Task.CompletedTask;

        public void Begun(Invocation invocation)
        {
        }

        public ValueTask<bool> TryHoldAsync(Invocation invocation, Task work)
        {
            Work = work;
            return ValueTask.FromResult(true);
        }

        public void Ended(Invocation invocation)
        {
        }
    }
}
