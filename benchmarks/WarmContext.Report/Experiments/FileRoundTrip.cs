using WarmContext.Relay;
using WarmContext.Report.Catalog;
using WarmContext.Report.Model;
using WarmContext.Report.Running;
using WarmContext.Report.Statistics;

namespace WarmContext.Report.Experiments;

/// <summary>A small file, every way, at several distances, over TLS.</summary>
internal sealed class FileRoundTrip : Experiment
{
    private const string Key = "prices.json";
    private const int Length = 10_000;

    public override string Practice => Catalog.Practice.Files;

    public override IReadOnlyList<string> Questions { get; } = ["file-round-trip"];

    public override string Title => "a small file at a distance";

    public override TimeSpan Estimate(bool quick) => TimeSpan.FromSeconds(quick ? 8 : 45);

    public override async Task<IReadOnlyList<Question>> RunAsync(RunContext context)
    {
        await using var lab = await FileLab.CreateAsync(context.WorkDirectory, context.CancellationToken);
        await lab.PutAsync(Key, Length, context.CancellationToken);
        var measured = new List<Measured>();
        foreach (var trip in SavingCatalog.RoundTrips)
        {
            context.Report(SavingCatalog.RoundTrips.TakeWhile(t => t < trip).Count() / 5.0, $"{trip} ms away");
            await using var s3 = lab.At(new TcpRelayOptions { RoundTrip = TimeSpan.FromMilliseconds(trip) }, tls: true);
            using var ways = new FileWays(lab, s3.Client, Key, "small");
            var rows = await Turns.TakeAsync(
                [
                    new("get", "GET for each invocation", RowRole.Baseline, ways.GetAsync),
                    new("exists", "naive File.Exists cache, a hit", RowRole.Alternative, ways.ExistsAsync),
                    new("sdk-304", "the SDK's conditional GET (304)", RowRole.Alternative, ways.SdkNotModifiedAsync),
                    new("warm-304", "S3FileCache, asking whether it changed", RowRole.WarmContext, ways.RevalidateAsync),
                    new("warm-hit", "S3FileCache, a hit, opened", RowRole.WarmContext, ways.HitAsync),
                    new("warm-parsed", "S3FileCache, the parsed object", RowRole.WarmContext, ways.ParsedAsync),
                ],
                context.Times(60, 6), context.Times(8, 2), context.CancellationToken);
            measured.AddRange(rows.Select(row => row with { RoundTripMilliseconds = trip }));
            await lab.ClearAsync(context.CancellationToken);
        }

        return
        [
            new Question
            {
                Id = Questions[0], Practice = Practice, Title = "A file of 10 kB, against the distance of S3", Paired = true,
                Hides = "The gateway answers from memory in about a millisecond; S3 itself takes 10 to 200 ms to the first byte, "
                    + "so a GET costs more there than its round trip.",
                Note = "TLS ends in the relay, because the gateway has none; connections are kept alive by every way, "
                    + "so none pays a handshake.",
                Rows = Rows.Of(measured, paired: true),
            },
        ];
    }
}
