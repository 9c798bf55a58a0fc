using System.Transactions;
using Npgsql;
using WarmContext.TestSupport;

namespace WarmContext.Npgsql.Tests.Pooling;

/// <summary>A lease that fails frees its slot, however it fails: two slots, three failures, and then both slots are free.</summary>
[Collection(nameof(PostgresCollection))]
public sealed class SlotTests(PostgresFixture postgres)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly ManualTimeProvider _time = new();
    private readonly string _name = Db.NewApplicationName();

    private WarmNpgsqlDataSource Open(int port, TimeProvider time) =>
        new(postgres.Cluster.For(port), new WarmNpgsqlOptions { Environment = Db.Environment(time), ApplicationName = _name });

    private static async Task AssertBothSlotsAreFreeAsync(WarmNpgsqlDataSource source)
    {
        Assert.Equal(2, source.MaxConnections);
        await using var first = await source.OpenConnectionAsync().AsTask().WaitAsync(s_patience);
        await using var second = await source.OpenConnectionAsync().AsTask().WaitAsync(s_patience);
        Assert.NotEqual(await first.QueryAsync<int>("SELECT pg_backend_pid()"), await second.QueryAsync<int>("SELECT pg_backend_pid()"));
    }

    [Fact]
    public async Task When_the_caller_gives_up_in_mid_probe()
    {
        await using var proxy = new FaultProxy(postgres.Cluster.Port);
        await using var source = Open(proxy.Port, _time);
        for (var i = 0; i < 3; i++)
        {
            await source.UseAsync().WaitAsync(s_patience);
            proxy.Delay(TimeSpan.FromMilliseconds(100));
            _time.Advance(TimeSpan.FromSeconds(2));
            using var cancellation = new CancellationTokenSource();
            var lease = source.OpenConnectionAsync(cancellation.Token).AsTask();
            Assert.False(lease.IsCompleted);
            await cancellation.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => lease);
            proxy.Delay(TimeSpan.Zero);
        }

        await AssertBothSlotsAreFreeAsync(source);

        // Each answered after all, and was kept, or closed by now if it took too long.
        using var patience = new CancellationTokenSource(s_patience);
        while (await postgres.ConnectionsAsync(_name) > 2)
        {
            await Task.Delay(20, patience.Token);
        }
    }

    [Fact]
    public async Task When_the_caller_gives_up_in_mid_probe_on_a_host_that_is_gone()
    {
        await using var proxy = new FaultProxy(postgres.Cluster.Port);
        await using var source = new WarmNpgsqlDataSource(
            Db.WithoutTls(postgres.Cluster, proxy.Port),
            new WarmNpgsqlOptions { Environment = Db.Environment(_time), ApplicationName = _name });
        await using (var first = await source.OpenConnectionAsync())
        await using (var second = await source.OpenConnectionAsync())
        {
        }

        // So that Npgsql itself never comes to an end with them.
        proxy.SwallowCancelRequests = true;
        proxy.Blackhole();
        _time.Advance(TimeSpan.FromSeconds(2));
        using var cancellation = new CancellationTokenSource();
        var leases =
            new[] { source.OpenConnectionAsync(cancellation.Token).AsTask(), source.OpenConnectionAsync(cancellation.Token).AsTask() };
        await cancellation.CancelAsync();
        foreach (var lease in leases)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => lease);
        }

        using var patience = new CancellationTokenSource(s_patience);
        while (_time.ArmedTimers < leases.Length)
        {
            await Task.Delay(5, patience.Token);
        }

        // The probe's timeout.
        _time.Advance(TimeSpan.FromMilliseconds(200));
        await AssertBothSlotsAreFreeAsync(source);
    }

    [Fact]
    public async Task When_a_connection_object_that_its_owner_opens_finds_no_server()
    {
        var time = new FreezableTimeProvider();
        await using var proxy = new FaultProxy(postgres.Cluster.Port);
        await using var source = Open(proxy.Port, time);
        for (var i = 0; i < 3; i++)
        {
            await source.UseAsync().WaitAsync(s_patience);
            proxy.RefuseNew = true;
            proxy.Reset();
            time.Freeze(TimeSpan.FromSeconds(2));
            await using var connection = source.CreateConnection();
            await Assert.ThrowsAnyAsync<NpgsqlException>(() => connection.OpenAsync());
            proxy.RefuseNew = false;
        }

        await AssertBothSlotsAreFreeAsync(source);
    }

    [Fact]
    public async Task When_a_transaction_cannot_have_a_second_connection()
    {
        await using var proxy = new FaultProxy(postgres.Cluster.Port);
        await using var source = new WarmNpgsqlDataSource(
            postgres.Cluster.For(proxy.Port),
            new WarmNpgsqlOptions { Environment = Db.Environment(), LeaseTimeout = TimeSpan.FromSeconds(2) });
        for (var i = 0; i < 3; i++)
        {
            using var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled);
            await using var first = await source.OpenConnectionAsync().AsTask().WaitAsync(s_patience);
            proxy.RefuseNew = true;
            await Assert.ThrowsAsync<WarmNpgsqlException>(() => source.OpenConnectionAsync().AsTask().WaitAsync(s_patience));
            proxy.RefuseNew = false;
        }

        await AssertBothSlotsAreFreeAsync(source);
    }

    [Fact]
    public async Task When_the_transaction_is_over_already()
    {
        await using var source = Open(postgres.Cluster.Port, _time);
        for (var i = 0; i < 3; i++)
        {
            using var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled);
            Transaction.Current!.Rollback();
            await Assert.ThrowsAnyAsync<TransactionException>(() => source.OpenConnectionAsync().AsTask().WaitAsync(s_patience));
        }

        await AssertBothSlotsAreFreeAsync(source);
    }

    [Fact]
    public async Task When_a_connection_object_that_its_owner_opens_finds_no_slot()
    {
        await using var source = new WarmNpgsqlDataSource(
            postgres.Cluster.ConnectionString,
            new WarmNpgsqlOptions { Environment = Db.Environment(), LeaseTimeout = TimeSpan.FromSeconds(2) });
        await using (var first = await source.OpenConnectionAsync())
        await using (var second = await source.OpenConnectionAsync())
        {
            await using var third = source.CreateConnection();
            await Assert.ThrowsAsync<WarmNpgsqlException>(() => third.OpenAsync());
        }

        // Nor was what had been opened for the third given back twice, to be handed out to two callers.
        await AssertBothSlotsAreFreeAsync(source);
    }

    [Fact]
    public async Task Finding_no_slot_takes_nobody_elses_connection()
    {
        await using var source = new WarmNpgsqlDataSource(
            postgres.Cluster.ConnectionString,
            new WarmNpgsqlOptions { Environment = Db.Environment(_time), LeaseTimeout = TimeSpan.FromSeconds(3) });
        await using var first = await source.OpenConnectionAsync();
        var second = await source.OpenConnectionAsync();
        await using var third = source.CreateConnection();
        var opening = Task.Run(third.Open);
        using var patience = new CancellationTokenSource(s_patience);
        while (_time.ArmedTimers == 0)
        {
            await Task.Delay(5, patience.Token);
        }

        // As a rule the slot is taken again before the one who waits for it has woken up.
        await second.DisposeAsync();
        var barging = source.OpenConnectionAsync().AsTask();
        if (barging.IsCompletedSuccessfully)
        {
            _time.Advance(TimeSpan.FromSeconds(3));
            await Assert.ThrowsAsync<WarmNpgsqlException>(() => opening.WaitAsync(s_patience));
        }
        else
        {
            await opening.WaitAsync(s_patience);
            await third.CloseAsync();
        }

        await using var taken = await barging.WaitAsync(s_patience);
        Assert.Equal(1, await taken.QueryAsync<int>("SELECT 1"));
        Assert.Equal(1, await first.QueryAsync<int>("SELECT 1"));
    }

    [Fact]
    public async Task In_a_transaction_too_waiting_for_a_lease_ends_when_time_is_up()
    {
        var options = new WarmNpgsqlOptions { Environment = Db.Environment(), LeaseTimeout = TimeSpan.FromSeconds(3) };
        await using var source = new WarmNpgsqlDataSource(postgres.Cluster.ConnectionString, options);
        using var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled);
        await source.UseAsync();
        await using var first = source.CreateConnection();
        await using var second = source.CreateConnection();
        using (new TransactionScope(TransactionScopeOption.Suppress, TransactionScopeAsyncFlowOption.Enabled))
        {
            await first.OpenAsync();
            await second.OpenAsync();
        }

        var error = await Assert.ThrowsAsync<WarmNpgsqlException>(async () => await source.OpenConnectionAsync());
        Assert.Contains("all 2 are leased", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_all_connections_are_leased_the_error_says_so()
    {
        var options = new WarmNpgsqlOptions { Environment = Db.Environment(), LeaseTimeout = TimeSpan.FromSeconds(3) };
        await using var source = new WarmNpgsqlDataSource(postgres.Cluster.ConnectionString, options);
        await using var first = await source.OpenConnectionAsync();
        await using var second = await source.OpenConnectionAsync();

        var error = await Assert.ThrowsAsync<WarmNpgsqlException>(async () => await source.OpenConnectionAsync());
        Assert.Contains("all 2 are leased", error.Message, StringComparison.Ordinal);
    }
}
