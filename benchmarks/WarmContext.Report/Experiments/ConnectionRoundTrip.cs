using System.Net;
using WarmContext.LocalServices;
using WarmContext.Relay;
using WarmContext.Report.Catalog;
using WarmContext.Report.Model;
using WarmContext.Report.Running;
using WarmContext.Report.Statistics;

namespace WarmContext.Report.Experiments;

/// <summary>Every way to a connection, at several distances, over TLS.</summary>
internal sealed class ConnectionRoundTrip : Experiment
{
    public override string Practice => Catalog.Practice.Connections;

    public override IReadOnlyList<string> Questions { get; } = ["connection-round-trip"];

    public override string Title => "connections at a distance";

    public override TimeSpan Estimate(bool quick) => TimeSpan.FromSeconds(quick ? 12 : 75);

    public override async Task<IReadOnlyList<Question>> RunAsync(RunContext context)
    {
        await using var cluster = await PrivatePostgres.StartAsync(context.CancellationToken);
        var measured = new List<Measured>();
        var real = new List<string>();
        foreach (var trip in SavingCatalog.RoundTrips)
        {
            context.Report(SavingCatalog.RoundTrips.TakeWhile(t => t < trip).Count() / 5.0, $"{trip} ms away");
            await using var relay = new TcpRelay(
                new IPEndPoint(IPAddress.Loopback, cluster.Port), new TcpRelayOptions { RoundTrip = TimeSpan.FromMilliseconds(trip) });
            await using var ways = new ConnectionWays(cluster.For(relay.EndPoint.Port));
            var rows = await Turns.TakeAsync(Contenders(ways), context.Times(60, 6), context.Times(8, 2), context.CancellationToken);
            measured.AddRange(rows.Select(row => row with { RoundTripMilliseconds = trip }));
            real.Add(
                $"{Rendering.Format.RoundTrip(trip)} → "
                    + $"{Rendering.Format.Time(Samples.Median(rows.First(static row => row.Id == "one-round-trip").Samples))}");
        }

        return
        [
            new Question
            {
                Id = Questions[0],
                Practice = Practice,
                Title = "Lease, query, give back, against the distance of the server",
                Paired = true,
                Hides = "No loss and no congestion; the server is idle; the certificate is verified, but with one authority and no chain.",
                Note = $"The relay's round trip and what a query on a held connection really took: {string.Join(", ", real)}. "
                    + "TLS and SCRAM are on; the relay delays the opening of a connection as well.",
                Rows = Rows.Of(measured, paired: true),
            },
        ];
    }

    private static Contender[] Contenders(ConnectionWays ways) =>
    [
        new("open", "open for each invocation (no pool)", RowRole.Baseline, ways.OpenAsync),
        new("static", "static connection", RowRole.Alternative, ways.StaticAsync),
        new("checked", "static connection, State == Open checked", RowRole.Alternative, ways.CheckedAsync),
        new("pool", "Npgsql's pool, default settings", RowRole.Alternative, ways.PoolAsync),
        new("pool-best", "Npgsql's pool, best settings", RowRole.Alternative, ways.BestPoolAsync),
        new("one-round-trip", "one round trip alone, on a held connection", RowRole.Alternative, ways.RoundTripAsync),
        new("warm", "WarmNpgsqlDataSource, just used", RowRole.WarmContext, ways.WarmAsync) { Before = ways.WarmLeaseAsync },
        new("warm-kept", "WarmNpgsqlDataSource, just used, session kept", RowRole.WarmContext, ways.WarmKeptAsync)
        {
            Before = ways.WarmKeptAsync,
        },
        new("warm-idle", "WarmNpgsqlDataSource, after a freeze", RowRole.WarmContext, ways.WarmAsync) { Before = Freeze(ways) },
        new("warm-idle-lease", "WarmNpgsqlDataSource, after a freeze, the lease alone", RowRole.WarmContext, ways.WarmLeaseAsync)
        {
            Before = Freeze(ways),
        },
    ];

    private static Func<CancellationToken, Task> Freeze(ConnectionWays ways) => async cancellationToken =>
    {
        await ways.WarmLeaseAsync(cancellationToken);
        ways.Time.Skip(TimeSpan.FromSeconds(10));
    };
}
