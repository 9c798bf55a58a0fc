using System.Net;
using Npgsql;
using WarmContext.LocalServices;
using WarmContext.Relay;
using WarmContext.Report.Catalog;
using WarmContext.Report.Model;
using WarmContext.Report.Running;
using WarmContext.Report.Statistics;

namespace WarmContext.Report.Experiments;

/// <summary>
/// The first query after the server has closed every session, as after a restart, a failover or an idle session timeout.
/// Failures are the result.
/// </summary>
internal sealed class ConnectionAfterKill : Experiment
{
    public override string Practice => Catalog.Practice.Connections;

    public override IReadOnlyList<string> Questions { get; } = ["connection-after-kill"];

    public override string Title => "connections after the server closed them";

    public override TimeSpan Estimate(bool quick) => TimeSpan.FromSeconds(quick ? 6 : 15);

    public override async Task<IReadOnlyList<Question>> RunAsync(RunContext context)
    {
        await using var cluster = await PrivatePostgres.StartAsync(context.CancellationToken);
        await using var relay = new TcpRelay(
            new IPEndPoint(IPAddress.Loopback, cluster.Port),
            new TcpRelayOptions { RoundTrip = TimeSpan.FromMilliseconds(SavingCatalog.TypicalRoundTrip) });
        await using var admin = NpgsqlDataSource.Create(cluster.ConnectionString);
        await using var ways = new ConnectionWays(cluster.For(relay.EndPoint.Port));
        var measured = await Turns.TakeAsync(
            [
                Contender("open", "open for each invocation (no pool)", RowRole.Baseline, ways.OpenAsync),
                Contender("static", "static connection", RowRole.Alternative, ways.StaticAsync),
                Contender("checked", "static connection, State == Open checked", RowRole.Alternative, ways.CheckedAsync),
                Contender("pool", "Npgsql's pool, default settings", RowRole.Alternative, ways.PoolAsync),
                Contender("pool-best", "Npgsql's pool, best settings", RowRole.Alternative, ways.BestPoolAsync),
                Contender("warm", "WarmNpgsqlDataSource", RowRole.WarmContext, ways.WarmAsync),
            ],
            context.Times(20, 4), 1, context.CancellationToken, share => context.Report(share, "killing sessions"));
        return
        [
            new Question
            {
                Id = Questions[0], Practice = Practice, Title = "The first query after the server closed the sessions", Paired = true,
                Hides = "The server is back at once; a managed database takes seconds to tens of seconds to restart or fail over.",
                Note = "1 ms away, over TLS; a freeze of 10 s in between. What the naive ways save in time they pay for in failures.",
                Rows = Rows.Of(measured, paired: true),
            },
        ];

        Contender Contender(string id, string label, RowRole role, Func<CancellationToken, Task> run) =>
            new(id, label, role, run) { Before = KillAsync, MayFail = role == RowRole.Alternative };

        async Task KillAsync(CancellationToken cancellationToken)
        {
            await ways.UseAllAsync(cancellationToken);
            await using var kill = admin.CreateCommand(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = $1");
            kill.Parameters.AddWithValue(ways.Name);
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(TimeSpan.FromSeconds(10));
            while ((long)(await kill.ExecuteScalarAsync(patience.Token))! > 0)
            {
                await Task.Delay(2, patience.Token);
            }

            ways.Time.Skip(TimeSpan.FromSeconds(10));

            // The news of it travels through the relay.
            await Task.Delay(5, cancellationToken);
        }
    }
}
