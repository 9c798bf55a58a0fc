using WarmContext.TestSupport;

namespace WarmContext.Tests.WarmingUp;

public sealed class WarmUpTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly ExecutionEnvironment _environment;

    public WarmUpTests() => _environment = TestEnvironments.OnLambda(_time);

    [Fact]
    public async Task Holders_work_and_priming_calls_are_done_in_parallel_and_reported_each()
    {
        var arrived = new CountdownEvent(3);
        Task Meet(CancellationToken cancellationToken) => Task.Run(
            () =>
            {
                arrived.Signal();
                Assert.True(arrived.Wait(TimeSpan.FromSeconds(30), CancellationToken.None));
            },
            cancellationToken);
        var holder = new Warm<object>(
            async token =>
            {
                await Meet(token);
                return new object();
            },
            new WarmOptions<object> { Environment = _environment, Name = "client" });

        var report = await NewWarmUp().Add(holder).Add("prices", Meet).Prime("first call", Meet).RunAsync();

        Assert.True(report.AllCompleted);
        Assert.Equal(["client", "prices", "first call"], report.Items.Select(static item => item.Name));
        Assert.True(holder.IsReady);
    }

    [Fact]
    public async Task A_priming_that_throws_has_failed_and_is_logged_once_with_its_exception()
    {
        using var log = new LogCapture();
        var name = "priming " + TestEnvironments.NewRequestId();
        var exception = new FormatException("no such path");

        var report = await NewWarmUp().Prime(name, _ => throw exception).RunAsync();

        var item = Assert.Single(report.Items);
        Assert.Equal((WarmUpOutcome.Failed, exception), (item.Outcome, item.Exception));
        var entry = Assert.Single(log.Entries, entry => entry.Message.Contains(name, StringComparison.Ordinal));
        Assert.Equal(("WarmUpItemFailed", exception), (entry.EventName, entry.Exception));
    }

    [Fact]
    public async Task What_is_left_of_the_budget_is_known_while_the_items_are_waited_for()
    {
        var slow = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var atStart = new TaskCompletionSource<TimeSpan?>(TaskCreationOptions.RunContinuationsAsynchronously);
        Assert.Null(_environment.WarmUpTimeLeft);
        var running = NewWarmUp(TimeSpan.FromSeconds(2)).Add("slow", _ =>
        {
            atStart.SetResult(_environment.WarmUpTimeLeft);
            return slow.Task;
        }).RunAsync();
        await UntilWaiting();
        Assert.Equal(TimeSpan.FromSeconds(2), await atStart.Task);

        _time.Advance(TimeSpan.FromSeconds(1.5));
        Assert.Equal(TimeSpan.FromSeconds(0.5), _environment.WarmUpTimeLeft);
        _time.Advance(TimeSpan.FromSeconds(0.5));
        await running;

        Assert.Null(_environment.WarmUpTimeLeft);
        slow.SetResult();
    }

    [Fact]
    public async Task A_failed_item_fails_neither_init_nor_the_others()
    {
        using var log = new LogCapture();
        var name = "item " + TestEnvironments.NewRequestId();
        var report = await NewWarmUp().Add(name, static _ => throw new IOException("gone")).Add("fine", static _ => Task.CompletedTask)
            .RunAsync();

        Assert.Equal([WarmUpOutcome.Failed, WarmUpOutcome.Completed], report.Items.Select(static item => item.Outcome));
        Assert.Contains(
            log.Entries, entry => entry.EventName == "WarmUpItemFailed" && entry.Message.Contains(name, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_required_item_fails_the_warm_up_by_name()
    {
        var exception = await Assert.ThrowsAsync<WarmUpException>(
            () => NewWarmUp().Add("configuration", static _ => throw new IOException("gone"), required: true).RunAsync());

        Assert.Contains("configuration (gone)", exception.Message, StringComparison.Ordinal);
        Assert.IsType<IOException>(exception.InnerException);
    }

    [Fact]
    public async Task What_is_not_done_within_the_budget_carries_on_and_the_first_invocation_waits_for_it()
    {
        var slow = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var token = CancellationToken.None;
        var warmUp = NewWarmUp().Add("slow", cancellationToken =>
        {
            token = cancellationToken;
            return slow.Task;
        });
        var running = warmUp.RunAsync();
        await UntilWaiting();
        _time.Advance(TimeSpan.FromSeconds(8.9));
        Assert.False(running.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.1));

        var report = await running;
        Assert.Equal(WarmUpOutcome.Running, Assert.Single(report.Items).Outcome);
        Assert.False(token.IsCancellationRequested);

        BackgroundReport? background = null;
        var invocation = Run(report => background = report);
        Assert.False(invocation.IsCompleted);
        slow.SetResult();
        await invocation;

        Assert.Equal(("warm-up: slow", BackgroundTaskOutcome.Completed),
            background!.Tasks.Select(static task => (task.Name, task.Outcome)).Single());
        Assert.True(warmUp.IsFinished);
        background = null;
        await Run(report => background = report);
        Assert.Null(background);
    }

    [Fact]
    public async Task An_item_that_outlasts_the_first_invocation_carries_on_in_the_next()
    {
        var slow = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var warmUp = NewWarmUp(TimeSpan.Zero).Add("slow", _ => slow.Task);
        await warmUp.RunAsync();

        BackgroundReport? first = null;
        var invocation = Run(report => first = report, TimeSpan.FromSeconds(3));
        await UntilWaiting();
        _time.Advance(TimeSpan.FromSeconds(2.5));
        await invocation;
        Assert.Equal(1, first!.Cancelled);
        Assert.False(warmUp.IsFinished);

        BackgroundReport? second = null;
        invocation = Run(report => second = report, TimeSpan.FromSeconds(3));
        slow.SetResult();
        await invocation;
        Assert.Equal(1, second!.Completed);
    }

    [Theory]
    [InlineData("on-demand", 3, null, 6)]
    [InlineData(null, 3, null, 6)]
    [InlineData("on-demand", 9.5, null, 0)]
    [InlineData("on-demand", 3, 2.0, 2)]
    [InlineData("on-demand", 3, 30.0, 6)]
    [InlineData("snap-start", 3, null, 117)]
    [InlineData("provisioned-concurrency", 3, null, 117)]
    [InlineData("lambda-managed-instances", 3, null, 117)]
    public async Task It_is_waited_for_until_shortly_before_the_limit_of_init_which_counts_from_the_processs_start(
        string? type, double age, double? budget, double expected)
    {
        var born = _time.GetUtcNow() - TimeSpan.FromSeconds(age);
        var environment = ExecutionEnvironment.Create(
            new Dictionary<string, string?> { ["AWS_LAMBDA_FUNCTION_NAME"] = "orders", ["AWS_LAMBDA_INITIALIZATION_TYPE"] = type },
            new EnvironmentClock(_time),
            () => _time.GetUtcNow() - born);
        var slow = new TaskCompletionSource();
        TimeSpan? wanted = budget is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
        var running = new WarmUp(new WarmUpOptions { Environment = environment, Budget = wanted }).Add("slow", _ => slow.Task).RunAsync();
        if (expected > 0)
        {
            await UntilWaiting();
            _time.Advance(TimeSpan.FromSeconds(expected) - TimeSpan.FromMilliseconds(1));
            Assert.False(running.IsCompleted);
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.Equal((WarmUpOutcome.Running, TimeSpan.FromSeconds(expected)), ((await running).Items[0].Outcome, (await running).Duration));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Outside_init_and_outside_lambda_the_processs_age_shortens_nothing(bool isLambda)
    {
        var environment = ExecutionEnvironment.Create(
            new Dictionary<string, string?> { ["AWS_LAMBDA_FUNCTION_NAME"] = isLambda ? "orders" : null },
            new EnvironmentClock(_time),
            static () => TimeSpan.FromHours(1));
        await new InvocationRunner(new InvocationOptions { Environment = environment })
            .RunAsync(new InvocationInfo { RequestId = "r" }, 0, static (_, _) => Task.FromResult(true));
        var slow = new TaskCompletionSource();
        var running = new WarmUp(new WarmUpOptions { Environment = environment }).Add("slow", _ => slow.Task).RunAsync();
        await UntilWaiting();
        _time.Advance(TimeSpan.FromSeconds(8.9));
        Assert.False(running.IsCompleted);
        slow.SetResult();

        Assert.True((await running).AllCompleted);
    }

    [Fact]
    public async Task It_is_run_once_and_blocking_or_not_gives_the_same_report()
    {
        var runs = 0;
        var warmUp = NewWarmUp().Add("once", _ =>
        {
            runs++;
            return Task.CompletedTask;
        });

        Assert.Same(warmUp.Run(), await warmUp.RunAsync());
        Assert.Equal(1, runs);
        Assert.Throws<InvalidOperationException>(() => warmUp.Add("late", static _ => Task.CompletedTask));
    }

    [Fact]
    public async Task Items_run_outside_any_invocation()
    {
        var seen = true;
        await Run(null, null, async () => await NewWarmUp().Add("item", _ =>
        {
            seen = Invocation.CurrentOrDefault is not null;
            return Task.CompletedTask;
        }).RunAsync());

        Assert.False(seen);
    }

    [Fact]
    public void Bad_arguments_are_refused_by_name()
    {
        Assert.Throws<ArgumentNullException>(() => NewWarmUp().Add<object>(null!));
        Assert.Throws<ArgumentException>(() => NewWarmUp().Add(" ", static _ => Task.CompletedTask));
        Assert.Contains("'a'", Assert.Throws<ArgumentException>(() => NewWarmUp().Add("a", static _ => Task.CompletedTask)
            .Prime("a", static _ => Task.CompletedTask)).Message, StringComparison.Ordinal);
        Assert.Contains("WarmUpOptions.Budget",
            Assert.Throws<ArgumentOutOfRangeException>(() => NewWarmUp(TimeSpan.FromSeconds(-1))).Message, StringComparison.Ordinal);
    }

    private WarmUp NewWarmUp(TimeSpan? budget = null) => new(new WarmUpOptions { Environment = _environment, Budget = budget });

    private Task Run(Action<BackgroundReport>? onReport, TimeSpan? deadline = null, Func<Task>? handler = null)
    {
        var runner = new InvocationRunner(new InvocationOptions { Environment = _environment, OnBackgroundReport = onReport });
        return runner.RunAsync(
            new InvocationInfo { RequestId = "r", Deadline = _time.GetUtcNow() + deadline }, handler, static async (handler, _) =>
        {
            await (handler?.Invoke() ?? Task.CompletedTask);
            return true;
        });
    }

    private async Task UntilWaiting()
    {
        while (_time.ArmedTimers == 0)
        {
            await Task.Yield();
        }
    }
}
