using WarmContext.LocalServices;
using WarmContext.Report.Model;
using WarmContext.Report.Running;
using WarmContext.Report.Statistics;

namespace WarmContext.Report.Experiments;

/// <summary>
/// Lease, query and return on loopback, where a few microseconds are compared. All ways take turns in one process, each round over fresh
/// connections: which processor a server process lands on counts for more than what is compared. BenchmarkDotNet can't take that out,
/// because it gives each way a process and one connection.
/// </summary>
internal sealed class ConnectionQuery : Experiment
{
    // A turn begins with some that aren't measured: thread pool and kernel adapt their spinning to how long the last waits took.
    private const int Settling = 200;
    private const int PerTurn = 400;

    public override string Practice => Catalog.Practice.Connections;

    public override IReadOnlyList<string> Questions { get; } = ["connection-query-turns"];

    public override string Title => "lease and query, turn by turn";

    public override TimeSpan Estimate(bool quick) => TimeSpan.FromSeconds(quick ? 4 : 30);

    public override async Task<IReadOnlyList<Question>> RunAsync(RunContext context)
    {
        var server = (await LocalPostgres.GetAsync(context.CancellationToken)).ConnectionString;
        ConnectionWays? ways = null;
        try
        {
            var measured = await Turns.TakeAsync(
                [
                    Contender("pool", "Npgsql's pool, default settings", RowRole.Baseline, () => ways!.PoolAsync),
                    Contender("pool-best", "Npgsql's pool, best settings", RowRole.Alternative, () => ways!.BestPoolAsync),
                    Contender("warm", "WarmNpgsqlDataSource", RowRole.WarmContext, () => ways!.WarmAsync),
                    Contender("warm-kept", "WarmNpgsqlDataSource, session kept", RowRole.WarmContext, () => ways!.WarmKeptAsync),
                ],
                context.Times(120, 3),
                context.Times(6, 1),
                context.CancellationToken,
                share => context.Report(share, "fresh connections"),
                RenewAsync);
            return
            [
                new Question
                {
                    Id = Questions[0], Practice = Practice, Title = "The same, taking turns over fresh connections", Paired = true,
                    Hides = "Loopback answers in a fraction of the time that any network takes, and without TLS.",
                    Note = $"A sample is the mean of {PerTurn} in a row.",
                    Rows = Rows.Of(measured, paired: true),
                },
            ];
        }
        finally
        {
            await DisposeAsync(ways);
        }

        async Task RenewAsync(CancellationToken cancellationToken)
        {
            await DisposeAsync(ways);
            ways = new ConnectionWays(server);
        }
    }

    private static ValueTask DisposeAsync(ConnectionWays? ways) => ways?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static Contender Contender(string id, string label, RowRole role, Func<Func<CancellationToken, Task>> way) =>
        new(id, label, role, cancellationToken => RepeatAsync(way(), PerTurn, cancellationToken))
        {
            Before = cancellationToken => RepeatAsync(way(), Settling, cancellationToken),
            PerTurn = PerTurn,
        };

    private static async Task RepeatAsync(Func<CancellationToken, Task> once, int times, CancellationToken cancellationToken)
    {
        for (var i = 0; i < times; i++)
        {
            await once(cancellationToken);
        }
    }
}
