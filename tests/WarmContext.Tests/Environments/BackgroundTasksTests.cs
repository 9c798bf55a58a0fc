using WarmContext.TestSupport;

namespace WarmContext.Tests.Environments;

public sealed class BackgroundTasksTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly ExecutionEnvironment _environment;
    private readonly InvocationOptions _options;
    private readonly string _request = TestEnvironments.NewRequestId();
    private readonly List<BackgroundReport> _reports = [];

    public BackgroundTasksTests()
    {
        _environment = TestEnvironments.OnLambda(_time);
        _options = new InvocationOptions { Environment = _environment, OnBackgroundReport = _reports.Add };
    }

    [Fact]
    public async Task The_invocation_returns_only_when_its_work_has_ended()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = Run(tasks => tasks.Run("audit", _ => gate.Task));

        Assert.False(running.IsCompleted);
        gate.SetResult();

        Assert.Equal("done", await running);
        var task = Assert.Single(Assert.Single(_reports).Tasks);
        Assert.Equal(("audit", BackgroundTaskOutcome.Completed), (task.Name, task.Outcome));
    }

    [Fact]
    public async Task Tasks_that_tasks_add_are_waited_for_too()
    {
        var depth = 0;
        await Run(tasks => tasks.Run("level 1", async _ =>
        {
            await Task.Yield();
            depth++;
            tasks.Run("level 2", async _ =>
            {
                await Task.Yield();
                depth++;
                tasks.Track("level 3", Task.Run(() => depth++));
            });
        }));

        Assert.Equal(3, depth);
        Assert.Equal(["level 1", "level 2", "level 3"], Assert.Single(_reports).Tasks.Select(static task => task.Name));
    }

    [Fact]
    public async Task A_task_added_just_when_the_last_one_ends_is_waited_for_or_refused()
    {
        for (var i = 0; i < 200; i++)
        {
            // Its continuations run where it is completed, one after the other: the tracking's first, and then this one, which adds
            // another.
            var last = new TaskCompletionSource();
            var added = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            BackgroundTasks? tasks = null;
            var running = Run(these =>
            {
                tasks = these;
                these.Track("last", last.Task);
            });
            var accepted = last.Task.ContinueWith(
                _ =>
                {
                    try
                    {
                        tasks!.Track("added", added.Task);
                        return true;
                    }
                    catch (InvalidOperationException)
                    {
                        return false;
                    }
                },
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
            last.SetResult();
            var isAccepted = await accepted;
            added.SetResult();
            await running;

            Assert.Equal(isAccepted ? (2, 2) : (1, 1), (_reports[^1].Completed, _reports[^1].Tasks.Count));
        }
    }

    [Fact]
    public async Task One_failure_stops_neither_the_others_nor_the_invocation_and_is_logged_by_name()
    {
        using var log = new LogCapture();
        var other = false;
        var result = await Run(tasks =>
        {
            tasks.Run("failing", static _ => throw new IOException("bucket gone"));
            tasks.Run("other", async _ =>
            {
                await Task.Yield();
                other = true;
            });
        });

        Assert.Equal("done", result);
        Assert.True(other);
        var report = Assert.Single(_reports);
        Assert.Equal((1, 1), (report.Completed, report.Failed));
        var entry = log.Only("BackgroundTaskFailed", _request);
        Assert.Contains("'failing'", entry.Message, StringComparison.Ordinal);
        Assert.Equal("bucket gone", entry.Exception?.Message);
    }

    [Fact]
    public async Task The_report_tells_how_long_each_task_took_and_how_long_the_invocation_waited()
    {
        var (quick, slow) = (new TaskCompletionSource(), new TaskCompletionSource());
        BackgroundTasks? background = null;
        var running = Run(tasks =>
        {
            background = tasks;
            tasks.Track("quick", quick.Task);
            _time.Advance(TimeSpan.FromSeconds(1));
            tasks.Track("slow", slow.Task);
        });
        _time.Advance(TimeSpan.FromSeconds(1));
        quick.SetResult();
        while (background!.Running > 1)
        {
            await Task.Yield();
        }

        _time.Advance(TimeSpan.FromSeconds(3));
        slow.SetResult();
        await running;

        var report = Assert.Single(_reports);
        Assert.Equal([("quick", 2.0), ("slow", 4.0)], report.Tasks.Select(static task => (task.Name, task.Duration.TotalSeconds)));
        Assert.Equal(4, report.DrainTime.TotalSeconds);
        Assert.Equal(_request, report.RequestId);
    }

    [Fact]
    public async Task A_task_that_failed_before_it_was_tracked_is_reported_like_any_other()
    {
        await Run(tasks => tasks.Track("early", Task.FromException(new IOException("early"))));

        Assert.IsType<IOException>(Assert.Single(Assert.Single(_reports).Tasks).Exception);
    }

    [Fact]
    public async Task Under_fail_invocation_the_exception_names_every_task_that_did_not_complete()
    {
        _options.BackgroundFailures = BackgroundFailurePolicy.FailInvocation;

        var exception = await Assert.ThrowsAsync<BackgroundTaskException>(() => Run(tasks =>
        {
            tasks.Run("fine", static _ => Task.CompletedTask);
            tasks.Run("broken", static _ => throw new IOException("x"));
        }));

        Assert.Contains("broken (Failed)", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("fine", exception.Message, StringComparison.Ordinal);
        Assert.IsType<IOException>(exception.InnerException);
    }

    [Fact]
    public async Task A_handler_that_throws_has_its_work_finished_and_its_own_exception_seen()
    {
        _options.BackgroundFailures = BackgroundFailurePolicy.FailInvocation;
        var finished = false;

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => Run(tasks =>
        {
            tasks.Run("audit", async _ =>
            {
                await Task.Yield();
                finished = true;
                throw new IOException("hidden");
            });
            throw new InvalidOperationException("the handler's own");
        }));

        Assert.Equal("the handler's own", exception.Message);
        Assert.True(finished);
    }

    [Fact]
    public async Task At_the_deadline_less_the_margin_work_is_cancelled_and_named()
    {
        using var log = new LogCapture();
        var cancelled = new TaskCompletionSource();
        var started = new TaskCompletionSource();
        var running = Run(
            tasks => tasks.Run("slow upload", async token =>
            {
                started.SetResult();
                token.Register(cancelled.SetResult);
                await Task.Delay(Timeout.Infinite, token);
            }),
            deadline: TimeSpan.FromSeconds(3));
        await started.Task;

        _time.Advance(TimeSpan.FromSeconds(2.4));
        Assert.False(cancelled.Task.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.1));

        await cancelled.Task;
        Assert.Equal("done", await running);
        Assert.Equal(1, Assert.Single(_reports).Cancelled);
        Assert.Contains("'slow upload'", log.Only("BackgroundTaskCancelled", _request).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_callback_that_throws_when_work_is_cancelled_is_logged_and_harms_nobody()
    {
        using var log = new LogCapture();
        var started = new TaskCompletionSource();
        var running = Run(
            tasks => tasks.Run("slow upload", async token =>
            {
                token.Register(static () => throw new IOException("from a callback"));
                started.SetResult();
                await Task.Delay(Timeout.Infinite, token);
            }),
            deadline: TimeSpan.FromSeconds(3));
        await started.Task;

        _time.Advance(TimeSpan.FromSeconds(2.5));

        Assert.Equal("done", await running);
        Assert.Equal(1, Assert.Single(_reports).Cancelled);
        Assert.Contains("from a callback", (await log.UntilAsync("CancellationCallbackFailed", _request)).Exception!.ToString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Work_that_ignores_its_cancellation_is_abandoned_named_and_found_in_the_next_invocation()
    {
        using var log = new LogCapture();
        var stubborn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = Run(tasks => tasks.Run("stubborn", _ => stubborn.Task), deadline: TimeSpan.FromSeconds(3));

        _time.Advance(TimeSpan.FromSeconds(2.5));
        await UntilWaitingAgain();
        _time.Advance(TimeSpan.FromSeconds(0.25));
        Assert.Equal("done", await running);

        Assert.Contains("'stubborn'", log.Only("BackgroundTaskAbandoned", _request).Message, StringComparison.Ordinal);
        var next = TestEnvironments.NewRequestId();
        await Run(static _ => { }, requestId: next);
        var outlived = log.Only("TaskOutlivedInvocation", next);
        Assert.Contains("'stubborn'", outlived.Message, StringComparison.Ordinal);
        Assert.Contains(_request, outlived.Message, StringComparison.Ordinal);

        // It is the first invocation's to the end: the next ones count nothing of it, and forget it once it is over.
        stubborn.SetException(new IOException("late"));
        Assert.Equal("late", (await log.UntilAsync("AbandonedTaskFailed", _request)).Exception?.Message);
        Assert.Single(_reports);
        var last = TestEnvironments.NewRequestId();
        await Run(static _ => { }, requestId: last);
        Assert.DoesNotContain(log.Entries, entry => entry.RequestId == last);
    }

    [Fact]
    public async Task A_task_that_never_ends_is_named_in_fewer_and_fewer_of_the_later_invocations()
    {
        using var log = new LogCapture();
        var stuck = new TaskCompletionSource();
        var running = Run(tasks => tasks.Track("stuck\nWarmContext Error", stuck.Task), deadline: TimeSpan.FromSeconds(3));
        _time.Advance(TimeSpan.FromSeconds(2.5));
        await UntilWaitingAgain();
        _time.Advance(TimeSpan.FromSeconds(0.25));
        await running;

        var named = new List<int>();
        for (var later = 1; later <= 20; later++)
        {
            var request = TestEnvironments.NewRequestId();
            await Run(static _ => { }, requestId: request);
            var entry = log.Entries.SingleOrDefault(entry => entry.RequestId == request);
            if (entry is not null)
            {
                named.Add(later);
                Assert.Contains("'stuck\\nWarmContext Error'", entry.Message, StringComparison.Ordinal);
            }
        }

        Assert.Equal([1, 2, 4, 8, 16], named);
    }

    [Fact]
    public async Task A_handler_that_leaves_less_than_the_margin_has_its_work_abandoned_before_the_deadline()
    {
        var stubborn = new TaskCompletionSource();
        var running = Run(
            tasks =>
            {
                tasks.Track("stubborn", stubborn.Task);
                _time.Advance(TimeSpan.FromSeconds(2.8));
            },
            deadline: TimeSpan.FromSeconds(3));
        await UntilWaitingAgain();

        _time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Equal("done", await running.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(1, Assert.Single(_reports).Abandoned);
    }

    [Fact]
    public async Task A_deadline_that_no_timer_can_count_to_limits_nothing()
    {
        var work = new TaskCompletionSource();
        var running = Run(tasks => tasks.Track("work", work.Task), deadline: DateTimeOffset.MaxValue - _time.GetUtcNow());
        Assert.False(running.IsCompleted);

        work.SetResult();

        Assert.Equal("done", await running);
        Assert.Equal(1, Assert.Single(_reports).Completed);
    }

    [Fact]
    public async Task Work_that_blocks_its_thread_delays_nobody_past_the_deadline()
    {
        using var release = new ManualResetEventSlim();
        var started = new TaskCompletionSource();
        var running = Run(
            tasks => tasks.Run("blocking", _ =>
            {
                started.SetResult();
                release.Wait(CancellationToken.None);
                return Task.CompletedTask;
            }),
            deadline: TimeSpan.FromSeconds(3));
        await started.Task;

        _time.Advance(TimeSpan.FromSeconds(2.5));
        await UntilWaitingAgain();
        _time.Advance(TimeSpan.FromSeconds(0.25));
        Assert.Equal("done", await running);
        release.Set();

        Assert.Equal(1, Assert.Single(_reports).Abandoned);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task Work_added_after_the_end_is_refused_with_the_reason_and_not_started(int before)
    {
        BackgroundTasks? leaked = null;
        await Run(tasks =>
        {
            leaked = tasks;
            for (var i = 0; i < before; i++)
            {
                tasks.Run("in time", static _ => Task.CompletedTask);
            }
        });
        var started = false;

        var exception = Assert.Throws<InvalidOperationException>(() => leaked!.Run("late", _ =>
        {
            started = true;
            return Task.CompletedTask;
        }));

        Assert.Contains("'late'", exception.Message, StringComparison.Ordinal);
        Assert.Contains(_request, exception.Message, StringComparison.Ordinal);
        Assert.Contains("has ended and its background work is drained", exception.Message, StringComparison.Ordinal);
        Assert.False(started);
        Assert.Throws<InvalidOperationException>(() => leaked!.Track("late", Task.CompletedTask));
    }

    [Fact]
    public async Task With_32_invocations_at_once_every_task_is_counted_to_its_own()
    {
        var reports = new System.Collections.Concurrent.ConcurrentDictionary<string, BackgroundReport>();
        _options.OnBackgroundReport = report => reports[report.RequestId] = report;
        var runner = new InvocationRunner(_options);

        await Task.WhenAll(Enumerable.Range(0, 32)
            .Select(i => Task.Run(() => runner.RunAsync(new InvocationInfo { RequestId = $"r{i}" }, i, static async (i, invocation) =>
        {
            for (var task = 0; task <= i % 5; task++)
            {
                invocation.Background.Run($"task {i}", async _ =>
                {
                    await Task.Yield();
                    Assert.Equal($"r{i}", Invocation.Current.RequestId);
                    Invocation.Current.Background.Track($"task {i}", Task.Run(static () => { }, CancellationToken.None));
                });
                await Task.Yield();
            }

            return true;
        }))));

        for (var i = 0; i < 32; i++)
        {
            Assert.All(reports[$"r{i}"].Tasks,
                task => Assert.Equal(($"task {i}", BackgroundTaskOutcome.Completed), (task.Name, task.Outcome)));
            Assert.Equal(2 * ((i % 5) + 1), reports[$"r{i}"].Tasks.Count);
        }
    }

    [Fact]
    public async Task Nothing_tracked_means_no_report()
    {
        await Run(static _ => { });

        Assert.Empty(_reports);
    }

    [Fact]
    public async Task A_report_callback_that_throws_is_logged_and_fails_nobody()
    {
        using var log = new LogCapture();
        _options.OnBackgroundReport = static _ => throw new IOException("sink");

        Assert.Equal("done", await Run(tasks => tasks.Run("x", static _ => Task.CompletedTask)));

        log.Only("ReportCallbackFailed", _request);
    }

    [Fact]
    public async Task Bad_arguments_are_refused_by_name() => await Run(static tasks =>
    {
        Assert.Throws<ArgumentNullException>(() => tasks.Run(null!, static _ => Task.CompletedTask));
        Assert.Throws<ArgumentException>(() => tasks.Run(" ", static _ => Task.CompletedTask));
        Assert.Throws<ArgumentNullException>(() => tasks.Run("name", null!));
        Assert.Throws<ArgumentNullException>(() => tasks.Track("name", null!));
        tasks.Track(new string('x', 256), Task.CompletedTask);
        Assert.Contains("257", Assert.Throws<ArgumentException>(() => tasks.Track(new string('x', 257), Task.CompletedTask)).Message,
            StringComparison.Ordinal);
    });

    [Fact]
    public async Task Work_that_returns_no_task_is_a_named_failure()
    {
        await Run(static tasks => tasks.Run("null work", static _ => null!));

        Assert.Contains("'null work'", Assert.Single(Assert.Single(_reports).Tasks).Exception!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(nameof(InvocationOptions.DeadlineMargin), -1)]
    [InlineData(nameof(InvocationOptions.RevalidationBudget), -1)]
    [InlineData(nameof(InvocationOptions.RevalidateAfterGap), 0)]
    public void An_absurd_option_is_refused_by_name(string option, int seconds)
    {
        typeof(InvocationOptions).GetProperty(option)!.SetValue(_options, TimeSpan.FromSeconds(seconds));

        Assert.Contains($"InvocationOptions.{option}",
            Assert.Throws<ArgumentOutOfRangeException>(() => new InvocationRunner(_options)).Message, StringComparison.Ordinal);
    }

    private Task<string> Run(Action<BackgroundTasks> handler, TimeSpan? deadline = null, string? requestId = null)
    {
        var info = new InvocationInfo { RequestId = requestId ?? _request, Deadline = _time.GetUtcNow() + deadline };
        return new InvocationRunner(_options).RunAsync(info, handler, static (handler, invocation) =>
        {
            handler(invocation.Background);
            return Task.FromResult("done");
        });
    }

    /// <summary>Until the drain waits on its next timer, which follows a cancellation that runs on the thread pool.</summary>
    private async Task UntilWaitingAgain()
    {
        while (_time.ArmedTimers == 0)
        {
            await Task.Yield();
        }
    }
}
