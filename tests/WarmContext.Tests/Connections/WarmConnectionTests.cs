using WarmContext.TestSupport;

namespace WarmContext.Tests.Connections;

/// <summary>What a provider's connections can do wrong. With real connections it is tested in WarmContext.Npgsql.Tests.</summary>
public sealed class WarmConnectionTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly List<StubConnection> _made = [];

    private WarmConnectionOptions<StubConnection> Options =>
        new() { Environment = TestEnvironments.OnLambda(_time), Probe = static _ => Task.CompletedTask };

    private WarmConnection<StubConnection> Hold(
        Func<StubConnection> create, Action<WarmConnectionOptions<StubConnection>>? configure = null)
    {
        var options = Options;
        configure?.Invoke(options);
        return new WarmConnection<StubConnection>(
            () =>
            {
                _made.Add(create());
                return _made[^1];
            },
            options);
    }

    public static TheoryData<string, Action<WarmConnectionOptions<StubConnection>>> BadOptions => new()
    {
        { "MaxConnections is 1; it must be between 2 and 10000", static options => options.MaxConnections = 1 },
        { "FreshFor is -00:00:01; it must be between", static options => options.FreshFor = TimeSpan.FromSeconds(-1) },
        { "ProbeTimeout is -00:00:01; it must be between", static options => options.ProbeTimeout = TimeSpan.FromSeconds(-1) },
        { "LeaseTimeout is -00:00:01; it must be between", static options => options.LeaseTimeout = TimeSpan.FromSeconds(-1) },
        { "DeadlineMargin is -00:00:01; it must be between", static options => options.DeadlineMargin = TimeSpan.FromSeconds(-1) },
        { "MaxIdleTime is -00:00:01; it must be more than FreshFor", static options => options.MaxIdleTime = TimeSpan.FromSeconds(-1) },
        { "ProbeCommandText is empty; it must be a command that the server answers", static options => options.ProbeCommandText = " " },
        { "Environment is null", static options => options.Environment = null! },
    };

    [Theory]
    [MemberData(nameof(BadOptions))]
    public void An_option_that_is_not_allowed_is_refused_at_construction(string says, Action<WarmConnectionOptions<StubConnection>> spoil)
    {
        var error = Assert.ThrowsAny<ArgumentException>(() => Hold(static () => new StubConnection(), spoil));

        Assert.Contains("WarmConnectionOptions." + says, error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => new WarmConnection<StubConnection>((Func<StubConnection>)null!));
    }

    [Fact]
    public async Task A_function_that_returns_null_is_named_and_its_slot_is_free_again()
    {
        StubConnection? made = null;
        await using var connections = Hold(() => made!);
        for (var i = 0; i < 5; i++)
        {
            var error = await Assert.ThrowsAsync<InvalidOperationException>(async () => await connections.LeaseAsync());
            Assert.Contains(
                "StubConnection: the function that creates connections returned null; it must return a connection.", error.Message,
                StringComparison.Ordinal);
        }

        made = new StubConnection();
        using var lease = await connections.LeaseAsync();
        Assert.Same(made, lease.Connection);
    }

    [Fact]
    public async Task A_provider_that_throws_is_heard_and_leaves_nothing_half_open()
    {
        var fails = true;
        await using var connections = Hold(
            () => new StubConnection { OnOpen = () => fails ? Task.FromException(new IOException("no route")) : Task.CompletedTask });
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("no route", (await Assert.ThrowsAsync<IOException>(async () => await connections.LeaseAsync())).Message);
        }

        Assert.All(_made, static connection => Assert.True(connection.IsDisposed));
        fails = false;
        using var lease = await connections.LeaseAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_provider_that_takes_too_long_and_ignores_its_token_times_out_and_its_connection_is_closed_later(bool inCreating)
    {
        var late = new TaskCompletionSource();
        var made = new StubConnection { OnOpen = () => inCreating ? Task.CompletedTask : late.Task };
        await using var connections = new WarmConnection<StubConnection>(
            async _ =>
            {
                await (inCreating ? late.Task : Task.CompletedTask);
                return made;
            },
            Options);
        var leasing = connections.LeaseAsync().AsTask();
        while (_time.ArmedTimers < 1)
        {
            await Task.Yield();
        }

        _time.Advance(TimeSpan.FromSeconds(15));
        await Assert.ThrowsAsync<TimeoutException>(() => leasing);
        Assert.False(made.IsDisposed);

        late.SetResult();
        Assert.True(SpinWait.SpinUntil(() => made.IsDisposed, TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task Giving_a_lease_back_twice_gives_back_one()
    {
        await using var connections = Hold(static () => new StubConnection());
        var first = await connections.LeaseAsync();
        first.Dispose();
        await first.DisposeAsync();
        Assert.Throws<ObjectDisposedException>(() => first.Connection);

        using var a = await connections.LeaseAsync();
        var b = await connections.LeaseAsync();
        Assert.NotSame(a.Connection, b.Connection);
        var third = connections.LeaseAsync().AsTask();
        Assert.False(third.IsCompleted);
        b.Dispose();
        (await third).Dispose();
    }

    [Fact]
    public async Task One_that_its_user_broke_is_not_handed_out_again()
    {
        await using var connections = Hold(static () => new StubConnection());
        using (var lease = await connections.LeaseAsync())
        {
            lease.Connection.Close();
        }

        using var next = await connections.LeaseAsync();
        Assert.Equal(2, _made.Count);
        Assert.True(_made[0].IsDisposed);
    }

    [Fact]
    public async Task One_that_is_out_while_all_are_closed_is_closed_when_it_comes_back()
    {
        await using var connections = Hold(static () => new StubConnection());
        var lease = await connections.LeaseAsync();
        connections.CloseConnections();
        Assert.False(_made[0].IsDisposed);
        lease.Dispose();
        Assert.True(_made[0].IsDisposed);

        using var next = await connections.LeaseAsync();
        Assert.Equal(2, _made.Count);
    }

    [Fact]
    public async Task When_one_connection_is_half_open_no_other_is_probed()
    {
        var probes = 0;
        var answer = new TaskCompletionSource();
        await using var connections = Hold(static () => new StubConnection(), options =>
        {
            options.MaxConnections = 3;
            options.Probe = _ =>
            {
                probes++;
                return answer.Task;
            };
        });
        var leases = new List<WarmConnectionLease<StubConnection>>();
        for (var i = 0; i < 3; i++)
        {
            leases.Add(await connections.LeaseAsync());
        }

        leases.ForEach(static lease => lease.Dispose());
        _time.Advance(TimeSpan.FromSeconds(2));
        var leasing = connections.LeaseAsync().AsTask();
        while (_time.ArmedTimers < 2 || Volatile.Read(ref probes) < 1)
        {
            await Task.Yield();
        }

        _time.Advance(TimeSpan.FromMilliseconds(200));
        using var lease = await leasing;

        Assert.Equal(1, probes);
        Assert.Same(_made[3], lease.Connection);

        // In use until its probe ends after all, and closed then.
        var halfOpen = Assert.Single(_made.Take(3), static connection => !connection.IsDisposed);
        answer.SetException(new TimeoutException());
        Assert.True(SpinWait.SpinUntil(() => halfOpen.IsDisposed, TimeSpan.FromSeconds(30)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task When_the_caller_gives_up_in_mid_probe_the_connection_keeps_its_slot_until_the_probe_ends(bool answers)
    {
        var (probes, answer) = (0, new TaskCompletionSource());
        await using var connections = Hold(static () => new StubConnection(), options =>
        {
            options.MaxConnections = 2;
            options.Probe = _ => Interlocked.Increment(ref probes) == 1 ? answer.Task : Task.CompletedTask;
        });
        (await connections.LeaseAsync()).Dispose();
        _time.Advance(TimeSpan.FromSeconds(2));
        using var patience = new CancellationTokenSource();
        var leasing = connections.LeaseAsync(patience.Token).AsTask();
        while (Volatile.Read(ref probes) < 1)
        {
            await Task.Yield();
        }

        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leasing);
        Assert.False(_made[0].IsDisposed);

        using var second = await connections.LeaseAsync();
        Assert.Same(_made[1], second.Connection);
        var third = connections.LeaseAsync().AsTask();
        Assert.False(third.IsCompleted, "Three connections are in use, and two allowed.");
        if (answers)
        {
            answer.SetResult();
        }
        else
        {
            // The lease's limit (15 s) mustn't pass, only the probe's.
            while (_time.ArmedTimers < 2)
            {
                await Task.Yield();
            }

            _time.Advance(TimeSpan.FromMilliseconds(200));
        }

        using var lease = await third;
        Assert.Equal(answers ? 2 : 3, _made.Count);
        Assert.Same(_made[answers ? 0 : 2], lease.Connection);
    }

    [Fact]
    public async Task A_connection_that_cannot_even_be_closed_is_dropped_and_logged()
    {
        using var log = new LogCapture();
        var name = "stubborn " + Guid.NewGuid();
        await using var connections = Hold(
            static () => new StubConnection { OnDispose = static () => throw new IOException("stuck") }, options => options.Name = name);
        (await connections.LeaseAsync()).Dispose();
        connections.CloseConnections();

        Assert.Contains(
            log.Entries, entry => entry.EventName == "DisposalFailed" && entry.Message.Contains(name, StringComparison.Ordinal));
        using var next = await connections.LeaseAsync();
    }

    [Fact]
    public async Task Leases_that_nobody_used_keep_no_connection_fresh()
    {
        var probes = 0;
        await using var connections = Hold(static () => new StubConnection(), options => options.Probe = _ =>
        {
            probes++;
            return Task.CompletedTask;
        });
        for (var i = 0; i < 18; i++)
        {
            (await connections.LeaseAsync()).Dispose();
            _time.Advance(TimeSpan.FromSeconds(0.85));
        }

        // Opened at the first, then asked at every second one: 0.85 s after an answer is fresh, 1.7 s is not.
        Assert.Equal(8, probes);
        Assert.Single(_made);
    }
}
