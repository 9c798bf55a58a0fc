using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace WarmContext.Npgsql.Tests;

/// <summary>
/// Many invocations, a random fault before a third of them. 200 by default; 2,000 with WARMCONTEXT_SOAK=1. WARMCONTEXT_SOAK_SEED repeats a
/// run.
/// </summary>
[Collection(nameof(PostgresCollection))]
public sealed class SoakTests(PostgresFixture postgres)
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(20);

    private readonly FreezableTimeProvider _time = new();
    private readonly string _name = Db.NewApplicationName();

    [Fact]
    public async Task No_invocation_fails_and_the_maximum_holds_whatever_breaks_in_between()
    {
        var invocations = Environment.GetEnvironmentVariable("WARMCONTEXT_SOAK") == "1" ? 2_000 : 200;
        var wanted = Environment.GetEnvironmentVariable("WARMCONTEXT_SOAK_SEED");
        var seed = int.TryParse(wanted, CultureInfo.InvariantCulture, out var given) ? given : Random.Shared.Next();
        var random = new Random(seed);
        var environment = Db.Environment(_time);
        await using var proxy = new FaultProxy(postgres.Cluster.Port);
        await using var source = new WarmNpgsqlDataSource(
            postgres.Cluster.For(proxy.Port), new WarmNpgsqlOptions { Environment = environment, ApplicationName = _name });
        var history = new StringBuilder($"Seed {seed}:");
        var failures = new List<string>();
        for (var number = 0; number < invocations; number++)
        {
            if (random.Next(3) == 0)
            {
                history.Append(CultureInfo.InvariantCulture, $" {number}:{await BreakSomethingAsync(random, proxy)}");
                _time.Freeze(TimeSpan.FromSeconds(1.1 + (random.NextDouble() * (random.Next(10) == 0 ? 3600 : 60))));
            }
            else if (random.Next(2) == 0)
            {
                _time.Freeze(TimeSpan.FromSeconds(random.NextDouble() * 5));
            }

            try
            {
                await Db.InInvocationAsync(environment, s_deadline, async () =>
                {
                    var pid = await source.UseAsync();
                    return pid + await source.UseAsync();
                });
            }
            catch (Exception exception)
            {
                failures.Add($"{number}: {exception.Message}");
            }

            if (number % 5 == 0)
            {
                await CheckBoundAsync(source, proxy);
            }
        }

        Assert.True(failures.Count == 0, $"{failures.Count} of {invocations} failed. {history}\n{string.Join('\n', failures.Take(10))}");
    }

    private async Task<string> BreakSomethingAsync(Random random, FaultProxy proxy)
    {
        var fault = random.Next(100);
        switch (fault)
        {
            case < 3:
                await postgres.Cluster.RestartAsync();
                return "restart";
            case < 5:
                postgres.Cluster.Kill();
                await postgres.Cluster.UpAsync();
                return "kill -9";
            case < 35:
                await postgres.TerminateAsync(_name);
                return "terminate";
            default:
                var network = (NetworkFault)random.Next(4);
                proxy.Inflict(network);
                return network.ToString();
        }
    }

    /// <summary>
    /// Counts the server's side. What a fault keeps from closing (packets that vanish or are late carry no FIN either) is not the client's
    /// to close; and a server needs a moment to see off a connection that was closed.
    /// </summary>
    private async Task CheckBoundAsync(WarmNpgsqlDataSource source, FaultProxy proxy)
    {
        var most = 0;
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < TimeSpan.FromSeconds(10);)
        {
            most = await postgres.ConnectionsAsync(_name) - proxy.HeldBack;
            if (most <= source.MaxConnections)
            {
                return;
            }

            await Task.Delay(20);
        }

        Assert.Fail($"The server has {most} connections; the pool's bound is {source.MaxConnections}.");
    }
}
