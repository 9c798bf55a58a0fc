using System.Diagnostics;
using WarmContext.Environments;
using WarmContext.TestSupport;
using WarmContext.Tests.Connections;

namespace WarmContext.Tests.Running;

/// <summary>Tasks and callbacks that block the pool's threads, by the machine's own clock. They block the whole process's pool.</summary>
[Collection(nameof(RunsAlone))]
public sealed class BlockedThreadPoolTests : IDisposable
{
    // More than the defaults: the machine that runs these tests is busy with others too.
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_margin = TimeSpan.FromSeconds(1);

    private readonly ManualResetEventSlim _gate = new();
    private readonly string _request = TestEnvironments.NewRequestId();

    public void Dispose() => _gate.Set();

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(16)]
    [InlineData(64)]
    public async Task The_invocation_ends_before_its_timeout_and_names_every_task_that_blocks(int tasks)
    {
        using var log = new LogCapture();
        BlockThePool();

        var elapsed = await RunAsync(invocation =>
        {
            Block(invocation, tasks);
            return Task.FromResult(true);
        });

        AssertAbandoned(log, tasks, elapsed);
        Release();
    }

    [Fact]
    public async Task A_handler_that_has_to_go_on_among_tasks_that_block_ends_in_time_too()
    {
        using var log = new LogCapture();
        BlockThePool();

        var elapsed = await RunAsync(async invocation =>
        {
            Block(invocation, 16);
            await Task.Delay(1).ConfigureAwait(false);
            return true;
        });

        AssertAbandoned(log, 16, elapsed);
        Release();
    }

    [Fact]
    public async Task Callbacks_of_the_deadline_token_that_block_hold_nobody_up()
    {
        using var log = new LogCapture();
        BlockThePool();
        var others = Enumerable.Range(0, 4).Select(_ => RunAsync(Handle, TestEnvironments.NewRequestId())).ToArray();

        var elapsed = await RunAsync(Handle);

        AssertAbandoned(log, 4, elapsed);
        Assert.All(await Task.WhenAll(others), static elapsed => Assert.InRange(elapsed, TimeSpan.Zero, s_timeout));
        Release();

        Task<bool> Handle(Invocation invocation)
        {
            invocation.DeadlineToken.Register(() => _gate.Wait());
            Block(invocation, 4);
            return Task.FromResult(true);
        }
    }

    [Fact]
    public async Task The_answer_leaves_at_once_under_AfterResponse_and_the_work_ends_before_the_timeout()
    {
        using var log = new LogCapture();
        var guard = new HoldingGuard();
        BlockThePool();
        var watch = Stopwatch.StartNew();

        await RunAsync(
            invocation =>
            {
                Block(invocation, 16);
                return Task.FromResult(true);
            },
            _request,
            new InvocationOptions
            {
                Environment = TestEnvironments.OnLambda(),
                DeadlineMargin = s_margin,
                BackgroundCompletion = BackgroundCompletion.AfterResponse,
                FreezeGuard = guard,
            });

        // As the runtime does: its request for the next event needs the pool.
        await Task.Run(static () => { });
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, s_timeout / 2);
        await guard.Ended;
        AssertAbandoned(log, 16, watch.Elapsed);
        Release();
    }

    [Fact]
    public async Task Callers_that_block_get_what_they_wait_for_though_no_thread_of_the_pool_is_left()
    {
        using var connections = new WarmConnection<StubConnection>(
            static () => new StubConnection { OnOpen = static () => Task.Delay(1) },
            new WarmConnectionOptions<StubConnection>
            {
                Environment = TestEnvironments.OnLambda(), Probe = static _ => Task.CompletedTask, MaxConnections = 16,
            });
        var holder = new Warm<string>(static async cancellationToken =>
        {
            await Task.Delay(1, cancellationToken);
            return "made";
        });
        BlockThePool();
        var watch = Stopwatch.StartNew();

        var callers = Enumerable.Range(0, 16).Select(_ => Task.Factory.StartNew(
            () =>
            {
                using var lease = connections.Lease();
                return holder.Value;
            },
            TaskCreationOptions.LongRunning)).ToArray();

        Assert.All(await Task.WhenAll(callers), static value => Assert.Equal("made", value));
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        Release();
    }

    [Fact]
    public async Task The_pool_is_as_before_once_the_tasks_have_ended()
    {
        await Eventually(static () => PoolWatch.RaisedBy == 0);
        ThreadPool.GetMinThreads(out var before, out _);
        BlockThePool();
        await RunAsync(invocation =>
        {
            Block(invocation, 32);
            return Task.FromResult(true);
        });
        Assert.InRange(PoolWatch.RaisedBy, 1, 900);

        Release();
        await Eventually(static () => PoolWatch.RaisedBy == 0);
        ThreadPool.GetMinThreads(out var after, out _);
        Assert.Equal(before, after);
    }

    private static async Task Eventually(Func<bool> condition)
    {
        for (var watch = Stopwatch.StartNew(); !condition() && watch.Elapsed < TimeSpan.FromSeconds(30);)
        {
            await Task.Delay(20);
        }

        Assert.True(condition());
    }

    private static void TrySet(ManualResetEventSlim answered)
    {
        try
        {
            answered.Set();
        }
        catch (ObjectDisposedException)
        {
            // The last one's answer comes when nobody waits for it any more.
        }
    }

    private void Release() => _gate.Set();

    private void Block(Invocation invocation, int tasks)
    {
        for (var i = 0; i < tasks; i++)
        {
            invocation.Background.Run($"blocking {i}", _ =>
            {
                _gate.Wait(CancellationToken.None);
                return Task.CompletedTask;
            });
        }
    }

    /// <summary>Blocks the threads that earlier tests have left: a function's process has as many as processors.</summary>
    private void BlockThePool()
    {
        using var answered = new ManualResetEventSlim();
        do
        {
            answered.Reset();
            ThreadPool.UnsafeQueueUserWorkItem(static gate => gate.Wait(), _gate, preferLocal: false);
            ThreadPool.UnsafeQueueUserWorkItem(static answered => TrySet(answered), answered, preferLocal: false);
        }
        while (answered.Wait(TimeSpan.FromMilliseconds(100)));
    }

    private void AssertAbandoned(LogCapture log, int tasks, TimeSpan elapsed)
    {
        Assert.InRange(elapsed, TimeSpan.Zero, s_timeout);
        var named = log.Entries.Where(entry => entry.RequestId == _request && entry.EventName == "BackgroundTaskAbandoned").ToArray();
        Assert.Equal(tasks, named.Length);
        Assert.All(Enumerable.Range(0, tasks), i =>
            Assert.Contains(named, entry => entry.Message.Contains($"'blocking {i}'", StringComparison.Ordinal)));
    }

    private Task<TimeSpan> RunAsync(Func<Invocation, Task<bool>> handler) => RunAsync(handler, _request);

    /// <summary>Runs an invocation as the runtime does, and measures until its answer would leave.</summary>
    private static async Task<TimeSpan> RunAsync(Func<Invocation, Task<bool>> handler, string request, InvocationOptions? options = null)
    {
        var watch = Stopwatch.StartNew();
        var info = new InvocationInfo { RequestId = request, Deadline = DateTimeOffset.UtcNow + s_timeout };
        options ??= new InvocationOptions { Environment = TestEnvironments.OnLambda(), DeadlineMargin = s_margin };
        await new InvocationRunner(options).RunAsync(info, handler, static (handler, invocation) => handler(invocation))
            .ConfigureAwait(false);

        // The answer's own way through the pool.
        await Task.Run(static () => { }).ConfigureAwait(false);
        return watch.Elapsed;
    }

    private sealed class HoldingGuard : IFreezeGuard
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Ended => _ended.Task;

        public void Begun(Invocation invocation)
        {
        }

        public ValueTask<bool> TryHoldAsync(Invocation invocation, Task work) => ValueTask.FromResult(true);

        void IFreezeGuard.Ended(Invocation invocation) => _ended.TrySetResult();
    }
}
