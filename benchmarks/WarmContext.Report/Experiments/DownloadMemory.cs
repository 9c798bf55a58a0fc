using WarmContext.Report.Model;
using WarmContext.Report.Running;
using WarmContext.Report.Statistics;

namespace WarmContext.Report.Experiments;

/// <summary>The managed memory that a download takes at its peak, in new processes.</summary>
internal sealed class DownloadMemory : Experiment
{
    private const long MiB = 1024 * 1024;

    public override string Practice => Catalog.Practice.Files;

    public override IReadOnlyList<string> Questions { get; } = ["file-memory"];

    public override string Title => "peak memory of a download";

    public override TimeSpan Estimate(bool quick) => TimeSpan.FromSeconds(quick ? 6 : 40);

    public override async Task<IReadOnlyList<Question>> RunAsync(RunContext context)
    {
        var small = context.Times(256, 16) * MiB;
        var large = 4 * small;
        await using var lab = await FileLab.CreateAsync(context.WorkDirectory, context.CancellationToken);
        await lab.PutAsync("small", small, context.CancellationToken);
        await lab.PutAsync("large", large, context.CancellationToken);
        (string Id, string Way, string Key, string Label, RowRole Role)[] ways =
        [
            ("get-large", "get", "large", $"GetObject to a file, {large / MiB} MiB", RowRole.Baseline),
            ("warm-small", "cache", "small", $"S3FileCache, {small / MiB} MiB", RowRole.WarmContext),
            ("warm-large", "cache", "large", $"S3FileCache, {large / MiB} MiB", RowRole.WarmContext),
        ];
        var peaks = ways.Select(static _ => new List<double>()).ToArray();
        var rounds = context.Times(5, 1);
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < ways.Length; i++)
            {
                context.Report(((round * ways.Length) + i) / (double)(rounds * ways.Length), ways[i].Label);
                peaks[i].Add((await Probe.RunAsync(context, "download", ways[i].Way, lab.Bucket, ways[i].Key, lab.Directory))["peak"]);
                await lab.ClearAsync(context.CancellationToken);
            }
        }

        return
        [
            new Question
            {
                Id = Questions[0],
                Practice = Practice,
                Title = "Managed memory at the peak of a download",
                Unit = Unit.Bytes,
                Paired = true,
                Hides = "Looked at every millisecond, garbage included; buffers of the kernel and the runtime's own memory are not in it.",
                Rows = Rows.Of(
                    [.. ways.Select((way, i) => new Measured(way.Id, way.Label, way.Role) { Samples = peaks[i] })], paired: true),
            },
        ];
    }
}
