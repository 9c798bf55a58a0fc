using System.Diagnostics;
using Npgsql;
using WarmContext.LocalServices;

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
        return await AcrossAsync(process, () => fault(proxy));
    }

    private static async Task<(int Before, int After, TimeSpan Lease)> AcrossAsync(FrozenProcess process, Func<Task> fault)
    {
        var (before, _) = await process.InvokeAsync();
        await WhileFrozenAsync(process, fault);
        var (after, lease) = await process.InvokeAsync();
        return (before, after, lease);
    }

    private static async Task WhileFrozenAsync(FrozenProcess process, Func<Task> fault)
    {
        process.Freeze();
        var frozen = Stopwatch.StartNew();
        await fault();
        if (s_freeze - frozen.Elapsed is { Ticks: > 0 } rest)
        {
            await Task.Delay(rest);
        }

        process.Thaw();
    }

    [Fact]
    public async Task A_healthy_connection_is_kept()
    {
        // However long the answer takes on a busy machine.
        await using var process = new FrozenProcess(
            $"{postgres.Cluster.ConnectionString};Application Name={_name}", probeTimeout: TimeSpan.FromSeconds(10));
        var (before, after, _) = await AcrossAsync(process, static () => Task.CompletedTask);
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
            await postgres.Cluster.UpAsync();
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

        // How long it takes on a quiet machine is said by other tests; here, that it isn't the 32 s and more of Npgsql's own.
        Assert.True(lease < TimeSpan.FromSeconds(15), $"The lease took {lease}.");
    }

    [Fact]
    public async Task A_session_that_the_server_ended_for_idling_is_replaced()
    {
        await using var process = new FrozenProcess(
            $"{postgres.Cluster.ConnectionString};Application Name={_name};Options=-c idle_session_timeout=2s");
        var (before, after, _) = await AcrossAsync(process, async () =>
        {
            while (await postgres.ConnectionsAsync(_name) > 0)
            {
                await Task.Delay(20);
            }
        });
        Assert.NotEqual(before, after);
    }

    [Fact]
    public async Task A_password_rotated_meanwhile_is_asked_for_anew()
    {
        var role = $"frozen_{Guid.NewGuid():N}";
        await postgres.AdminAsync<object>($"CREATE ROLE {role} LOGIN PASSWORD 'first'");
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "first");
        await using var process = new FrozenProcess(
            $"{postgres.Cluster.For(postgres.Cluster.Port, role)};Password=;Application Name={_name}", passwordFile: file);
        var (before, after, _) = await AcrossAsync(process, async () =>
        {
            await File.WriteAllTextAsync(file, "second");
            await postgres.AdminAsync<object>($"ALTER ROLE {role} PASSWORD 'second'");
            await postgres.TerminateAsync(_name);
        });
        File.Delete(file);
        Assert.NotEqual(before, after);
    }

    [Fact]
    public async Task A_server_that_filled_up_meanwhile_is_waited_for()
    {
        var role = $"frozen_{Guid.NewGuid():N}";
        await postgres.AdminAsync<object>($"CREATE ROLE {role} LOGIN PASSWORD 'crowd'");
        var connectionString = postgres.Cluster.For(postgres.Cluster.Port, role, "crowd");
        await using var process = new FrozenProcess($"{connectionString};Application Name={_name}");
        var (before, _) = await process.InvokeAsync();
        var crowd = new List<NpgsqlConnection>();
        await WhileFrozenAsync(process, async () =>
        {
            await postgres.TerminateAsync(_name);
            try
            {
                while (true)
                {
                    var connection = new NpgsqlConnection($"{connectionString};Pooling=false");
                    crowd.Add(connection);
                    await connection.OpenAsync();
                }
            }
            catch (PostgresException full) when (full.SqlState == PostgresErrorCodes.TooManyConnections)
            {
            }
        });

        process.BeginInvocation();
        var invocation = process.EndInvocationAsync();

        // Long enough for it to have been refused; it works either way.
        await Task.WhenAny(invocation, Task.Delay(500));
        Assert.False(invocation.IsCompleted);
        foreach (var connection in crowd)
        {
            await connection.DisposeAsync();
        }

        Assert.NotEqual(before, (await invocation).Pid);
    }

    [Theory]
    [InlineData("session", WarmNpgsqlPreset.Direct)]
    [InlineData("transaction", WarmNpgsqlPreset.Proxy)]
    public async Task A_pooler_that_died_and_came_back_meanwhile_is_reconnected_to(string mode, WarmNpgsqlPreset preset)
    {
        await using var bouncer = await PrivatePgBouncer.StartAsync(postgres.Cluster, mode);
        await using var process = new FrozenProcess($"{bouncer.ConnectionString};Application Name={_name}", preset);
        await AcrossAsync(process, async () =>
        {
            bouncer.Kill();
            await bouncer.StartAgainAsync();
        });
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

        // One invocation at a time, so the maximum is 2; a probe overtaken by the freeze may take a moment to see off.
        for (var attempt = 0; attempt < 100 && await postgres.ConnectionsAsync(_name) > 2; attempt++)
        {
            await Task.Delay(50);
        }

        Assert.InRange(await postgres.ConnectionsAsync(_name), 1, 2);
    }
}
