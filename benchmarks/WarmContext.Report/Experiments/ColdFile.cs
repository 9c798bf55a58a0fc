using WarmContext.Report.Model;
using WarmContext.Report.Running;
using WarmContext.Report.Statistics;

namespace WarmContext.Report.Experiments;

/// <summary>
/// A large file with nothing in the way. The ways take turns, because what counts is processor time, the server's too, and how busy the
/// disk is: ways measured one after the other compare badly.
/// </summary>
internal sealed class ColdFile : Experiment
{
    private const long MiB = 1024 * 1024;

    public override string Practice => Catalog.Practice.Files;

    public override IReadOnlyList<string> Questions { get; } = ["file-cold"];

    public override string Title => "a large file with nothing in the way";

    public override TimeSpan Estimate(bool quick) => TimeSpan.FromSeconds(quick ? 5 : 110);

    public override async Task<IReadOnlyList<Question>> RunAsync(RunContext context)
    {
        var length = context.Times(256, 32) * MiB;
        await using var lab = await FileLab.CreateAsync(context.WorkDirectory, context.CancellationToken);
        await lab.PutAsync("object", length, context.CancellationToken, atOnce: true);
        using var ways = new FileWays(lab, lab.Near, "object", "object");
        using var checksums = new FileWays(lab, lab.NearWithChecksums(length), "object", "checksums");
        var measured = await Turns.TakeAsync(
            [
                Contender("get-to-file", "GetObject to a file", RowRole.Baseline, ways, ways.GetToFileAsync),
                Contender("transfer", "TransferUtility.Download", RowRole.Alternative, ways, ways.TransferAsync),
                Contender(
                    "transfer-parts", "TransferUtility.DownloadWithResponse, PART", RowRole.Alternative, ways, ways.TransferPartsAsync),
                Contender(
                    "transfer-ranges", "TransferUtility.DownloadWithResponse, RANGE", RowRole.Alternative, ways, ways.TransferRangesAsync),
                Contender("warm-miss", "S3FileCache, the object has an MD5 alone", RowRole.WarmContext, ways, ways.MissAsync),
                Contender(
                    "warm-miss-crc64",
                    "S3FileCache, the object has a CRC-64, as on Amazon S3",
                    RowRole.WarmContext,
                    checksums,
                    checksums.MissAsync),
            ],
            context.Times(20, 2), context.Times(1, 0), context.CancellationToken, share => context.Report(share, "downloading"));
        return
        [
            new Question
            {
                Id = Questions[0], Practice = Practice, Title = $"A file of {length / MiB} MiB that is not there", Paired = true,
                Hides = "Loopback is faster than any network, and the processor is shared with the server. "
                    + "All but TransferUtility's ranges verify the object, which with an MD5 takes longer than fetching it here.",
                Rows = Rows.Of(measured, paired: true),
            },
        ];

        static Contender Contender(string id, string label, RowRole role, FileWays ways, Func<CancellationToken, Task> run) =>
            new(id, label, role, run) { Before = ways.ForgetAsync, After = ways.ForgetAsync };
    }
}
