using WarmContext.TestSupport;

namespace WarmContext.Lambda.Tests.Shutdown;

public sealed class ShutdownHookTests
{
    private readonly ExecutionEnvironment _environment = ExecutionEnvironment.Create(new Dictionary<string, string?>());

    [Fact]
    public void Work_runs_beside_each_other_and_is_done_when_the_hook_returns()
    {
        using var both = new CountdownEvent(2);
        var done = 0;
        Task Meet(CancellationToken cancellationToken)
        {
            both.Signal();
            Assert.True(both.Wait(TimeSpan.FromSeconds(10), cancellationToken));
            Interlocked.Increment(ref done);
            return Task.CompletedTask;
        }

        using var hook = Register(TimeSpan.FromSeconds(2)).Add("connections", Meet).Add("files", Meet);
        hook.Run();
        hook.Run();

        Assert.Equal(2, done);
    }

    [Fact]
    public async Task Running_invocations_are_waited_for_with_their_background_work()
    {
        var started = new TaskCompletionSource();
        var finish = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ended = false;
        var runner = new InvocationRunner(new InvocationOptions { Environment = _environment });
        var invocation = runner.RunAsync(new InvocationInfo { RequestId = "r" }, 0, (_, invocation) =>
        {
            invocation.Background.Run("audit", async _ =>
            {
                started.SetResult();
                await finish.Task;
                ended = true;
            });
            return Task.FromResult(true);
        });
        await started.Task;
        using var hook = Register(TimeSpan.FromSeconds(2));
        var running = Task.Run(hook.Run);
        Assert.False(running.IsCompleted);
        finish.SetResult();
        await running;

        Assert.True(ended);
        await invocation;
    }

    [Fact]
    public async Task What_takes_longer_than_the_budget_is_cancelled_left_behind_and_named()
    {
        using var log = new LogCapture();
        var name = "slow " + Guid.NewGuid();
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var hook = Register(TimeSpan.FromMilliseconds(50)).Add(name, cancellationToken =>
        {
            cancellationToken.Register(cancelled.SetResult);
            return Task.Delay(Timeout.Infinite, CancellationToken.None);
        });

        // Work that ignores its token never ends, and the hook doesn't wait for it.
        await Task.Run(hook.Run).WaitAsync(TimeSpan.FromSeconds(10));

        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Contains(
            log.Entries, entry => entry.EventName == "ShutdownUnfinished" && entry.Message.Contains(name, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Work_that_gives_up_when_its_time_is_over_is_named_too()
    {
        using var log = new LogCapture();
        var name = "obedient " + Guid.NewGuid();
        using var hook = Register(TimeSpan.FromMilliseconds(50)).Add(
            name, static cancellationToken => Task.Delay(Timeout.Infinite, cancellationToken));

        await Task.Run(hook.Run).WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Contains(
            log.Entries, entry => entry.EventName == "ShutdownUnfinished" && entry.Message.Contains(name, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_second_signal_ends_the_process_no_sooner()
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var finish = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var hook = Register(TimeSpan.FromSeconds(2)).Add("goodbye", _ =>
        {
            begun.SetResult();
            return finish.Task;
        });
        var first = Task.Run(hook.Run);
        await begun.Task;
        var hasReturned = false;
        var second = new Thread(() =>
        {
            hook.Run();
            hasReturned = true;
        });
        second.Start();

        // What waits, waits; what returns at once is over by then.
        Assert.True(
            SpinWait.SpinUntil(() => hasReturned || second.ThreadState.HasFlag(ThreadState.WaitSleepJoin), TimeSpan.FromSeconds(30)));
        Assert.False(hasReturned);

        finish.SetResult();
        await first;
        second.Join();
    }

    [Fact]
    public async Task An_invocation_that_takes_too_long_leaves_time_to_close_connections_and_flush_metrics()
    {
        // What a busy machine does not get done in the time that is left it may at the next try; where none is left, it never does.
        var isDone = false;
        for (var attempt = 0; attempt < 5 && !isDone; attempt++)
        {
            isDone = await ShutDownDuringInvocationAsync();
        }

        Assert.True(isDone);
    }

    private static async Task<bool> ShutDownDuringInvocationAsync()
    {
        using var log = new LogCapture();
        var environment = ExecutionEnvironment.Create(new Dictionary<string, string?>());
        var output = new MemoryStream();
        using var metrics = EmbeddedMetrics.Start(new EmbeddedMetricsOptions { Environment = environment, Output = output });
        using var meter = new System.Diagnostics.Metrics.Meter(WarmContextDiagnostics.MeterName);
        var counter = meter.CreateCounter<long>("shutdown" + Guid.NewGuid().ToString("N"));
        var never = new TaskCompletionSource<bool>();
        var invocation = new InvocationRunner(new InvocationOptions { Environment = environment }).RunAsync(
            new InvocationInfo { RequestId = "r" }, never.Task, static (never, _) => never);
        var connection = new Connection();
        environment.Register(connection);
        counter.Add(1);
        using var hook = ShutdownHook.Register(new ShutdownHookOptions { Environment = environment, Budget = TimeSpan.FromSeconds(2) });

        // The runtime has a thread for it, and so none of the pool's is blocked here.
        var isClosed = false;
        var isFlushed = false;
        await Task.Factory.StartNew(
            () =>
            {
                hook.Run();
                isClosed = connection.IsClosed;
                isFlushed = System.Text.Encoding.UTF8.GetString(output.ToArray()).Contains(counter.Name, StringComparison.Ordinal);
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default).WaitAsync(TimeSpan.FromSeconds(30));
        var isSaid = log.Entries.Any(static entry => entry.EventName == "ShutdownDuringInvocations");
        never.SetResult(true);
        await invocation;
        return isClosed && isFlushed && isSaid;
    }

    [Fact]
    public void Failing_work_is_logged_and_stops_nothing()
    {
        using var log = new LogCapture();
        var name = "broken " + Guid.NewGuid();
        var other = false;
        using var hook = Register(TimeSpan.FromSeconds(2)).Add(name, static _ => throw new IOException("gone")).Add("other", _ =>
        {
            other = true;
            return Task.CompletedTask;
        });
        hook.Run();

        Assert.True(other);
        Assert.Contains(
            log.Entries, entry => entry.EventName == "ShutdownWorkFailed" && entry.Message.Contains(name, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Metrics_are_flushed()
    {
        var output = new MemoryStream();
        using var metrics = EmbeddedMetrics.Start(new EmbeddedMetricsOptions { Environment = _environment, Output = output });
        using var meter = new System.Diagnostics.Metrics.Meter(WarmContextDiagnostics.MeterName);
        var counter = meter.CreateCounter<long>("shutdown" + Guid.NewGuid().ToString("N"));
        counter.Add(1);
        using var hook = Register(TimeSpan.FromSeconds(2));
        await Task.Run(hook.Run);

        Assert.Contains(counter.Name, System.Text.Encoding.UTF8.GetString(output.ToArray()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3000)]
    public void An_absurd_budget_is_refused_by_name(int milliseconds) =>
        Assert.Contains(
            "ShutdownHookOptions.Budget",
            Assert.Throws<ArgumentOutOfRangeException>(() => Register(TimeSpan.FromMilliseconds(milliseconds))).Message,
            StringComparison.Ordinal);

    private sealed class Connection : IWarmResource
    {
        public string Name => "connection";

        public bool IsClosed { get; private set; }

        public ValueTask RevalidateAsync(TimeSpan gap, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public ValueTask ReleaseAsync(CancellationToken cancellationToken)
        {
            IsClosed = true;
            return ValueTask.CompletedTask;
        }
    }

    private ShutdownHook Register(TimeSpan budget) =>
        ShutdownHook.Register(new ShutdownHookOptions { Environment = _environment, Budget = budget });
}
