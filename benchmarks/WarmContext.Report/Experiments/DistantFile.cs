using WarmContext.Relay;
using WarmContext.Report.Model;
using WarmContext.Report.Running;
using WarmContext.Report.Statistics;

namespace WarmContext.Report.Experiments;

/// <summary>A large file over connections as S3 gives them: 85 MB/s each, 20 ms away.</summary>
internal sealed class DistantFile : Experiment
{
    private const long MiB = 1024 * 1024;

    public override string Practice => Catalog.Practice.Files;

    public override IReadOnlyList<string> Questions { get; } = ["file-distant"];

    public override string Title => "a large file at a distance";

    public override TimeSpan Estimate(bool quick) => TimeSpan.FromSeconds(quick ? 10 : 85);

    public override async Task<IReadOnlyList<Question>> RunAsync(RunContext context)
    {
        var length = context.Times(256, 64) * MiB;
        await using var lab = await FileLab.CreateAsync(context.WorkDirectory, context.CancellationToken);
        await lab.PutAsync("object", length, context.CancellationToken);
        await using var s3 = lab.At(
            new TcpRelayOptions { RoundTrip = TimeSpan.FromMilliseconds(20), BytesPerSecondPerConnection = 85e6 }, tls: false);
        using var ways = new FileWays(lab, s3.Client, "object", "object");
        var measured = await Turns.TakeAsync(
            [
                Contender("get-to-file", "GetObject to a file", RowRole.Baseline, ways.GetToFileAsync),
                Contender("transfer", "TransferUtility.Download", RowRole.Alternative, ways.TransferAsync),
                Contender("transfer-parts", "TransferUtility.DownloadWithResponse, PART", RowRole.Alternative, ways.TransferPartsAsync),
                Contender("transfer-ranges", "TransferUtility.DownloadWithResponse, RANGE", RowRole.Alternative, ways.TransferRangesAsync),
                Contender("warm-miss", "S3FileCache", RowRole.WarmContext, ways.MissAsync),
            ],
            context.Times(7, 2), context.Times(1, 0), context.CancellationToken, share => context.Report(share, "downloading"));
        return
        [
            new Question
            {
                Id = Questions[0],
                Practice = Practice,
                Title = $"A file of {length / MiB} MiB that is not there, at 85 MB/s a connection and 20 ms",
                Paired = true,
                Hides = "Without TLS, whose encryption in relay and client would take the two cores that the download needs; "
                    + "a Lambda function has its network card besides, of some 600 MB/s at most.",
                Rows = Rows.Of(measured, paired: true),
            },
        ];

        Contender Contender(string id, string label, RowRole role, Func<CancellationToken, Task> run) =>
            new(id, label, role, run) { Before = ways.ForgetAsync, After = ways.ForgetAsync };
    }
}
