using System.Diagnostics;
using WarmContext.LocalServices;

namespace WarmContext.Npgsql.Tests.Opening;

/// <summary>A server that isn't ready yet, and what retrying costs those who don't need it.</summary>
[Collection(nameof(PostgresCollection))]
public sealed class StartUpTests(PostgresFixture postgres)
{
    private readonly FreezableTimeProvider _time = new();

    [Fact]
    public async Task A_server_that_is_starting_up_is_waited_for_within_the_deadline()
    {
        await using var server = await PrivatePostgres.StartAsync();
        await server.DownAsync();
        await server.BeginStartUpAsync();
        var environment = Db.Environment(_time);
        await using var source = new WarmNpgsqlDataSource(server.ConnectionString, new WarmNpgsqlOptions { Environment = environment });

        // Before it listens, it is the machine that refuses.
        WarmNpgsqlException refused;
        var patience = Stopwatch.StartNew();
        do
        {
            refused = await Db.FailOnceRefusedAsync(server.ConnectionString);
        }
        while (refused.SqlState is null && patience.Elapsed < TimeSpan.FromMinutes(1));

        Assert.Equal("57P03", refused.SqlState);
        Assert.Contains("the database system is starting up", refused.Message, StringComparison.Ordinal);
        Assert.True(refused.IsTransient);

        var waiting = Db.InInvocationAsync(environment, TimeSpan.FromSeconds(30), () => source.UseAsync());
        server.EndStartUp();
        Assert.True(await waiting > 0);
    }

    [Fact]
    public async Task What_repeats_attempts_is_loaded_when_one_has_failed_and_not_before()
    {
        await using var proxy = new FaultProxy(postgres.Cluster.Port);
        await using var process = new FrozenProcess(postgres.Cluster.For(proxy.Port));
        await process.InvokeAsync();
        Assert.False(await process.HasLoadedAsync("Polly.Core"));

        proxy.RefuseNew = true;
        proxy.Reset();
        process.Freeze();
        await Task.Delay(1100);
        process.Thaw();
        process.BeginInvocation();
        for (var attempt = 0; attempt < 1000 && proxy.Accepted < 3; attempt++)
        {
            await Task.Delay(10);
        }

        proxy.RefuseNew = false;
        await process.EndInvocationAsync();
        Assert.True(await process.HasLoadedAsync("Polly.Core"));
    }
}
