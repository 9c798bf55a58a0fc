using System.Net;
using WarmContext.LocalServices;
using WarmContext.Relay;
using WarmContext.Report.Catalog;
using WarmContext.Report.Model;
using WarmContext.Report.Running;
using WarmContext.Report.Statistics;

namespace WarmContext.Report.Experiments;

/// <summary>
/// The first query after the line was cut without a word, as a NAT gateway does with idle connections.
/// The ways wait at the same time, each on its own.
/// </summary>
internal sealed class ConnectionHalfOpen : Experiment
{
    public override string Practice => Catalog.Practice.Connections;

    public override IReadOnlyList<string> Questions { get; } = ["connection-half-open"];

    public override string Title => "connections on a line that was cut";

    public override TimeSpan Estimate(bool quick) => TimeSpan.FromSeconds(quick ? 14 : 75);

    public override async Task<IReadOnlyList<Question>> RunAsync(RunContext context)
    {
        await using var cluster = await PrivatePostgres.StartAsync(context.CancellationToken);
        var patience = TimeSpan.FromSeconds(context.Times(60, 4));
        var warm = await MeasureAsync(
            cluster, "warm", "WarmNpgsqlDataSource", RowRole.WarmContext,
            static ways => ways.WarmAsync, context.Times(15, 3), null, context);

        // Those who wait for half a minute wait together.
        var naive = await Task.WhenAll(
            MeasureAsync(
                cluster, "open", "open for each invocation (no pool)", RowRole.Baseline,
                static ways => ways.OpenAsync, context.Times(15, 3), patience, context),
            MeasureAsync(
                cluster, "static", "static connection", RowRole.Alternative, static ways => ways.StaticAsync, 1, patience, context),
            MeasureAsync(
                cluster, "checked", "static connection, State == Open checked",
                RowRole.Alternative, static ways => ways.CheckedAsync, 1, patience, context),
            MeasureAsync(
                cluster, "pool", "Npgsql's pool, default settings", RowRole.Alternative,
                static ways => ways.PoolAsync, 1, patience, context),
            MeasureAsync(
                cluster, "pool-best", "Npgsql's pool, best settings", RowRole.Alternative,
                static ways => ways.BestPoolAsync, 1, patience, context),
            MeasureAsync(
                cluster, "pool-hasty", "the same, and every command fails after 1 s", RowRole.Alternative,
                static ways => ways.HastyPoolAsync, context.Times(15, 2), patience, context));
        return
        [
            new Question
            {
                Id = Questions[0], Practice = Practice, Title = "The first query on a half-open connection",
                Hides = "The line is cut for the existing connection only: opening another works at once, "
                    + "which a whole network that is down doesn't allow.",
                Note = $"1 ms away, over TLS. Whoever had not answered after {patience.TotalSeconds:0} s was given up.",
                Rows = Rows.Of([.. naive, warm], paired: false),
            },
        ];
    }

    private static async Task<Measured> MeasureAsync(
        PrivatePostgres cluster, string id, string label, RowRole role,
        Func<ConnectionWays, Func<CancellationToken, Task>> way, int rounds, TimeSpan? patience, RunContext context)
    {
        await using var relay = new TcpRelay(
            new IPEndPoint(IPAddress.Loopback, cluster.Port),
            new TcpRelayOptions { RoundTrip = TimeSpan.FromMilliseconds(SavingCatalog.TypicalRoundTrip) });
        var ways = new ConnectionWays(cluster.For(relay.EndPoint.Port));
        var contender = new Contender(id, label, role, RunAsync)
        {
            Before = async cancellationToken =>
            {
                await way(ways)(cancellationToken);
                relay.CutExisting();
                ways.Time.Skip(TimeSpan.FromSeconds(10));
            },
            MayFail = patience is not null,
        };
        var measured = await Turns.TakeAsync([contender], rounds, 0, context.CancellationToken);

        // Closing a connection whose line is cut may wait as well; the process's end takes care of it.
        _ = ways.DisposeAsync().AsTask();
        return measured[0];

        async Task RunAsync(CancellationToken cancellationToken)
        {
            var query = Task.Run(() => way(ways)(cancellationToken), cancellationToken);
            await (patience is { } limit ? query.WaitAsync(limit, cancellationToken) : query);
        }
    }
}
