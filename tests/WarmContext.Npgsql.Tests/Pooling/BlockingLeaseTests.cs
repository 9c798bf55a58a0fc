using System.Diagnostics;
using System.Transactions;
using Npgsql;
using WarmContext.TestSupport;
using Xunit.Abstractions;

namespace WarmContext.Npgsql.Tests.Pooling;

/// <summary>The synchronous way, where no thread of the pool is left to help.</summary>
[Collection(nameof(PostgresCollection))]
public sealed class BlockingLeaseTests(PostgresFixture postgres, ITestOutputHelper output) : IDisposable
{
    private const int Callers = 32;

    private readonly string _name = Db.NewApplicationName();
    private readonly ManualResetEventSlim _gate = new();

    public void Dispose() => _gate.Set();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void New_fresh_and_probed_connections_are_had_while_every_thread_of_the_pool_blocks(bool probesAlways)
    {
        using var source = Open(options => options.FreshFor = probesAlways ? TimeSpan.Zero : TimeSpan.FromSeconds(1));
        BlockThePool();

        var watch = Stopwatch.StartNew();
        for (var round = 0; round < 5; round++)
        {
            Assert.Equal(Callers, AllAtOnce(source).Distinct().Count());
        }

        // With the pool's help it takes half a second and more for a caller: the pool adds a thread or two a second.
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void Connection_objects_that_their_owners_open_are_probed_while_every_thread_of_the_pool_blocks()
    {
        using var source = Open(static options => options.FreshFor = TimeSpan.Zero);
        BlockThePool();
        var pids = OnOwnThreads(() =>
        {
            using var connection = source.CreateConnection();
            for (var i = 0; i < 3; i++)
            {
                connection.Open();
                connection.Close();
            }

            connection.Open();
            return Pid(connection);
        });

        Assert.DoesNotContain(pids, static pid => pid <= 0);
    }

    [Fact]
    public async Task A_dead_connection_is_replaced_while_every_thread_of_the_pool_blocks()
    {
        var time = new ManualTimeProvider();
        using var source = Open(options => options.Environment = Db.Environment(time));
        var before = AllAtOnce(source, 1).Single();
        await postgres.TerminateAsync(_name);
        time.Advance(TimeSpan.FromSeconds(2));
        BlockThePool();

        Assert.NotEqual(before, AllAtOnce(source, 1).Single());
    }

    [Fact]
    public void Waiting_for_a_slot_ends_with_the_budget_while_every_thread_of_the_pool_blocks()
    {
        using var source = Open(static options =>
        {
            options.MaxConnections = 2;
            options.LeaseTimeout = TimeSpan.FromSeconds(3);
        });
        using var first = source.OpenConnection();
        using var second = source.OpenConnection();
        BlockThePool();

        var error = Assert.Throws<WarmNpgsqlException>(source.OpenConnection);
        Assert.Contains("all 2 are leased", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_transaction_keeps_its_connection_the_synchronous_way_too()
    {
        using var source = Open();
        using var scope = new TransactionScope();
        int first;
        using (var connection = source.OpenConnection())
        {
            first = Pid(connection);
        }

        using var again = source.OpenConnection();
        Assert.Equal(first, Pid(again));
    }

    [Fact]
    public async Task An_attempt_that_takes_longer_than_there_is_time_is_left_behind()
    {
        await using var proxy = new FaultProxy(postgres.Cluster.Port);
        proxy.SwallowNew = true;
        using var source = new WarmNpgsqlDataSource(
            postgres.Cluster.For(proxy.Port),
            new WarmNpgsqlOptions
            {
                Environment = Db.Environment(), ApplicationName = _name, LeaseTimeout = TimeSpan.FromMilliseconds(400),
            });
        var watch = Stopwatch.StartNew();

        Assert.Throws<WarmNpgsqlException>(source.OpenConnection);

        Assert.InRange(watch.Elapsed, TimeSpan.FromMilliseconds(350), TimeSpan.FromSeconds(4));
    }

    [Fact]
    public async Task Thirty_two_callers_at_once_wait_about_as_long_as_with_Npgsql_alone()
    {
        // The best of some: others load the machine too.
        var (ours, npgsqls) = (TimeSpan.MaxValue, TimeSpan.MaxValue);
        for (var round = 0; round < 8 && (round < 3 || ours > npgsqls * 2 + TimeSpan.FromMilliseconds(50)); round++)
        {
            await using (var alone = NpgsqlDataSource.Create(postgres.Cluster.ConnectionString))
            {
                npgsqls = Min(npgsqls, await MeasureAsync(alone.OpenConnection));
            }

            using var source = Open();
            ours = Min(ours, await MeasureAsync(source.OpenConnection));
        }

        output.WriteLine($"{Callers} at once: {ours.TotalMilliseconds:0} ms, Npgsql alone {npgsqls.TotalMilliseconds:0} ms");
        Assert.InRange(ours, TimeSpan.Zero, npgsqls * 2 + TimeSpan.FromMilliseconds(50));
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    /// <summary>On threads of the pool, as handlers are.</summary>
    private static async Task<TimeSpan> MeasureAsync(Func<NpgsqlConnection> open)
    {
        var watch = Stopwatch.StartNew();
        var opened = await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(open)));
        var elapsed = watch.Elapsed;
        Array.ForEach(opened, static connection => connection.Dispose());
        return elapsed;
    }

    private WarmNpgsqlDataSource Open(Action<WarmNpgsqlOptions>? configure = null)
    {
        var options = new WarmNpgsqlOptions
        {
            Environment = Db.Environment(), ApplicationName = _name, MaxConnections = Callers,
            LeaseTimeout = TimeSpan.FromSeconds(30), ProbeTimeout = TimeSpan.FromSeconds(5),
        };
        configure?.Invoke(options);
        return new WarmNpgsqlDataSource(postgres.Cluster.ConnectionString, options);
    }

    /// <summary>All hold theirs until each has one.</summary>
    private static int[] AllAtOnce(WarmNpgsqlDataSource source, int callers = Callers)
    {
        using var all = new Barrier(callers);
        return OnOwnThreads(
            () =>
            {
                using var connection = source.OpenConnection();
                all.SignalAndWait();
                return Pid(connection);
            },
            callers);
    }

    private static int[] OnOwnThreads(Func<int> call, int callers = Callers)
    {
        var calls = Enumerable.Range(0, callers)
            .Select(_ => Task.Factory.StartNew(call, TaskCreationOptions.LongRunning)).ToArray();
        Assert.True(Task.WaitAll(calls, TimeSpan.FromSeconds(60)));
        return Array.ConvertAll(calls, static call => call.Result);
    }

    private static int Pid(NpgsqlConnection connection)
    {
        using var command = new NpgsqlCommand("SELECT pg_backend_pid()", connection);
        return (int)command.ExecuteScalar()!;
    }

    private void BlockThePool()
    {
        for (var hasAnswered = true; hasAnswered;)
        {
            var answered = new TaskCompletionSource();
            ThreadPool.UnsafeQueueUserWorkItem(static gate => gate.Wait(), _gate, preferLocal: false);
            ThreadPool.UnsafeQueueUserWorkItem(static answered => answered.TrySetResult(), answered, preferLocal: false);
            hasAnswered = answered.Task.Wait(TimeSpan.FromMilliseconds(100));
        }
    }
}
