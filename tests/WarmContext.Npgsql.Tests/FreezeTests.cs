using System.Diagnostics;

namespace WarmContext.Npgsql.Tests;

/// <summary>Across a real freeze of a real process. Whatever happens while it is frozen, its next invocation works.</summary>
[Collection(nameof(PostgresCollection))]
public sealed class FreezeTests(PostgresFixture postgres)
{
    // A little more than a connection counts as fresh.
    private static readonly TimeSpan s_freeze = TimeSpan.FromMilliseconds(1100);

    private readonly string _name = Db.NewApplicationName();

    private async Task<(int Before, int After, TimeSpan Lease)> AcrossAsync(Func<FaultProxy, Task> fault)
    {
        await using var proxy = new FaultProxy(postgres.Cluster.Port);
        await using var process = new FrozenProcess($"{postgres.Cluster.For(proxy.Port)};Application Name={_name}");
        var (before, _) = await process.InvokeAsync();
        process.Freeze();
        var frozen = Stopwatch.StartNew();
        await fault(proxy);
        if (s_freeze - frozen.Elapsed is { Ticks: > 0 } rest)
        {
            await Task.Delay(rest);
        }

        process.Thaw();
        var (after, lease) = await process.InvokeAsync();
        return (before, after, lease);
    }

    [Fact]
    public async Task A_healthy_connection_is_kept()
    {
        var (before, after, _) = await AcrossAsync(static _ => Task.CompletedTask);
        Assert.Equal(before, after);
    }

    [Fact]
    public async Task A_killed_backend_is_replaced()
    {
        var (before, after, _) = await AcrossAsync(_ => postgres.TerminateAsync(_name));
        Assert.NotEqual(before, after);
    }

    [Fact]
    public async Task A_restarted_server_is_reconnected_to()
    {
        var (before, after, _) = await AcrossAsync(_ => postgres.Cluster.RestartAsync());
        Assert.NotEqual(before, after);
    }

    [Fact]
    public async Task A_killed_server_is_reconnected_to()
    {
        await AcrossAsync(async _ =>
        {
            postgres.Cluster.Kill();
            await postgres.Cluster.StartAgainAsync();
        });
    }

    [Theory]
    [InlineData(NetworkFault.Reset)]
    [InlineData(NetworkFault.HalfClose)]
    [InlineData(NetworkFault.Blackhole)]
    [InlineData(NetworkFault.LongDelay)]
    public async Task A_connection_that_the_network_broke_is_replaced(NetworkFault fault)
    {
        var (before, after, lease) = await AcrossAsync(proxy =>
        {
            proxy.Inflict(fault);
            return Task.CompletedTask;
        });
        Assert.NotEqual(before, after);
        Assert.True(lease < TimeSpan.FromSeconds(2), $"The lease took {lease}.");
    }

    [Fact]
    public async Task A_freeze_in_the_middle_of_an_invocation_fails_none()
    {
        await using var process = new FrozenProcess($"{postgres.Cluster.ConnectionString};Application Name={_name}");
        await process.InvokeAsync();
        var random = new Random(1);
        for (var round = 0; round < 20; round++)
        {
            process.BeginInvocation();
            Thread.SpinWait(random.Next(200_000));
            process.Freeze();
            await Task.Delay(round % 4 == 0 ? 1100 : 50);
            process.Thaw();
            await process.EndInvocationAsync();
        }

        // One invocation at a time, so the bound is 2; a probe overtaken by the freeze may take a moment to see off.
        for (var attempt = 0; attempt < 100 && await postgres.ConnectionsAsync(_name) > 2; attempt++)
        {
            await Task.Delay(50);
        }

        Assert.InRange(await postgres.ConnectionsAsync(_name), 1, 2);
    }
}
