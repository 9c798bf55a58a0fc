using System.Globalization;
using WarmContext.Report.Model;
using WarmContext.Report.Running;
using WarmContext.Report.Statistics;

namespace WarmContext.Report.Experiments;

/// <summary>Files from 1 KiB to 1 GiB: a miss, a hit and a revalidation of every way.</summary>
internal sealed class FileSizes : Experiment
{
    private const long KiB = 1024;
    private const long MiB = 1024 * KiB;

    // Size, and how many rounds a full run takes of it.
    private static readonly (string Name, long Length, int Rounds)[] s_sizes =
    [
        ("1-kib", KiB, 60),
        ("64-kib", 64 * KiB, 60),
        ("1-mib", MiB, 40),
        ("16-mib", 16 * MiB, 15),
        ("256-mib", 256 * MiB, 7),
        ("1-gib", 1024 * MiB, 3),
    ];

    public override string Practice => Catalog.Practice.Files;

    public override string Id => "file-sizes";

    public override IReadOnlyList<string> Questions { get; } =
        [.. s_sizes.SelectMany(static size => new[] { "file-miss-" + size.Name, "file-kept-" + size.Name })];

    public override string Title => "files from 1 KiB to 1 GiB";

    public override TimeSpan Estimate(bool quick) => TimeSpan.FromSeconds(quick ? 8 : 150);

    public override async Task<IReadOnlyList<Question>> RunAsync(RunContext context)
    {
        var questions = new List<Question>();
        foreach (var (name, length, rounds) in s_sizes.Where(size => !context.Quick || size.Length <= 16 * MiB))
        {
            context.Report(questions.Count / (2.0 * s_sizes.Length), Rendering.Format.Bytes(length));
            await using var lab = await FileLab.CreateAsync(context.WorkDirectory, context.CancellationToken);
            await lab.PutAsync("object", length, context.CancellationToken);
            using var ways = new FileWays(lab, lab.Near, "object", "object");
            var size = Rendering.Format.Bytes(length)
                .Replace(".00", string.Empty, StringComparison.Ordinal)
                .Replace(".0", string.Empty, StringComparison.Ordinal);
            var title = "A file of " + size;
            questions.Add(await MissAsync(context, ways, name, title, length, context.Times(rounds, 3)));
            questions.Add(await KeptAsync(context, ways, name, title, context.Times(Math.Max(rounds, 20), 5)));
        }

        return questions;
    }

    private async Task<Question> MissAsync(RunContext context, FileWays ways, string name, string title, long length, int rounds)
    {
        var measured = await Turns.TakeAsync(
            [
                Contender("get-to-file", "GetObject to a file", RowRole.Baseline, ways.GetToFileAsync),
                Contender("exists", "naive File.Exists cache", RowRole.Alternative, ways.ExistsAsync),
                Contender("transfer", "TransferUtility.Download", RowRole.Alternative, ways.TransferAsync),
                Contender("transfer-parts", "TransferUtility.DownloadWithResponse, PART", RowRole.Alternative, ways.TransferPartsAsync),
                Contender("transfer-ranges", "TransferUtility.DownloadWithResponse, RANGE", RowRole.Alternative, ways.TransferRangesAsync),
                Contender("warm-miss", "S3FileCache", RowRole.WarmContext, ways.MissAsync),
            ],
            rounds, 1, context.CancellationToken);
        return new Question
        {
            Id = "file-miss-" + name, Practice = Practice, Title = title + ": a miss", Paired = true,
            Hides = "Loopback without TLS, and a server on the same two cores. "
                + (length > FileLab.UploadPart
                    ? "The object was uploaded in parts and has no checksum, so nobody had anything to verify it by."
                    : "All but TransferUtility's ranges verify the object's MD5.")
                + " After a kill, GetObject and the naive cache leave half a file under its final name.",
            Rows = Rows.Of(measured, paired: true),
        };

        Contender Contender(string id, string label, RowRole role, Func<CancellationToken, Task> run) =>
            new(id, label, role, run) { Before = ways.ForgetAsync, After = ways.ForgetAsync };
    }

    private async Task<Question> KeptAsync(RunContext context, FileWays ways, string name, string title, int rounds)
    {
        // A hit of the first round is a miss: the warm-up takes it.
        var measured = await Turns.TakeAsync(
            [
                new("get", "GET for each invocation", RowRole.Baseline, ways.GetAsync),
                new("exists", "naive File.Exists cache, a hit", RowRole.Alternative, ways.ExistsAsync),
                new("warm-304", "S3FileCache, asking whether it changed", RowRole.WarmContext, ways.RevalidateAsync),
                new("warm-hit", "S3FileCache, a hit, opened", RowRole.WarmContext, ways.HitAsync),
                new("warm-parsed", "S3FileCache, the parsed object", RowRole.WarmContext, ways.ParsedAsync),
            ],
            rounds, 1, context.CancellationToken);
        return new Question
        {
            Id = "file-kept-" + name, Practice = Practice, Title = title + ": there already", Paired = true,
            Hides = "Loopback without TLS; the naive cache never learns that the file has changed, "
                + "and serves one that a kill has cut short.",
            Rows = Rows.Of(measured, paired: true),
        };
    }
}
