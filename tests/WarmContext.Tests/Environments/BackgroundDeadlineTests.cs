using WarmContext.TestSupport;

namespace WarmContext.Tests.Environments;

/// <summary>Work that is not done when the deadline comes near.</summary>
public sealed class BackgroundDeadlineTests : BackgroundWork
{
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

        Time.Advance(TimeSpan.FromSeconds(2.4));
        Assert.False(cancelled.Task.IsCompleted);
        Time.Advance(TimeSpan.FromSeconds(0.1));

        await cancelled.Task;
        Assert.Equal("done", await running);
        Assert.Equal(1, Assert.Single(Reports).Cancelled);
        Assert.Contains("'slow upload'", log.Only("BackgroundTaskCancelled", Request).Message, StringComparison.Ordinal);
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

        Time.Advance(TimeSpan.FromSeconds(2.5));

        Assert.Equal("done", await running);
        Assert.Equal(1, Assert.Single(Reports).Cancelled);
        Assert.Contains("from a callback", (await log.UntilAsync("CancellationCallbackFailed", Request)).Exception!.ToString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Work_that_ignores_its_cancellation_is_abandoned_named_and_found_in_the_next_invocation()
    {
        using var log = new LogCapture();
        var stubborn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = Run(tasks => tasks.Run("stubborn", _ => stubborn.Task), deadline: TimeSpan.FromSeconds(3));

        Time.Advance(TimeSpan.FromSeconds(2.5));
        await UntilWaitingAgain();
        Time.Advance(TimeSpan.FromSeconds(0.25));
        Assert.Equal("done", await running);

        Assert.Contains("'stubborn'", log.Only("BackgroundTaskAbandoned", Request).Message, StringComparison.Ordinal);
        var next = TestEnvironments.NewRequestId();
        await Run(static _ => { }, requestId: next);
        var outlived = log.Only("TaskOutlivedInvocation", next);
        Assert.Contains("'stubborn'", outlived.Message, StringComparison.Ordinal);
        Assert.Contains(Request, outlived.Message, StringComparison.Ordinal);

        // It is the first invocation's to the end: the next ones count nothing of it, and forget it once it is over.
        stubborn.SetException(new IOException("late"));
        Assert.Equal("late", (await log.UntilAsync("AbandonedTaskFailed", Request)).Exception?.Message);
        Assert.Single(Reports);
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
        Time.Advance(TimeSpan.FromSeconds(2.5));
        await UntilWaitingAgain();
        Time.Advance(TimeSpan.FromSeconds(0.25));
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
                Time.Advance(TimeSpan.FromSeconds(2.8));
            },
            deadline: TimeSpan.FromSeconds(3));
        await UntilWaitingAgain();

        Time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Equal("done", await running.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(1, Assert.Single(Reports).Abandoned);
    }

    [Fact]
    public async Task A_deadline_that_noTimer_can_count_to_limits_nothing()
    {
        var work = new TaskCompletionSource();
        var running = Run(tasks => tasks.Track("work", work.Task), deadline: DateTimeOffset.MaxValue - Time.GetUtcNow());
        Assert.False(running.IsCompleted);

        work.SetResult();

        Assert.Equal("done", await running);
        Assert.Equal(1, Assert.Single(Reports).Completed);
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

        Time.Advance(TimeSpan.FromSeconds(2.5));
        await UntilWaitingAgain();
        Time.Advance(TimeSpan.FromSeconds(0.25));
        Assert.Equal("done", await running);
        release.Set();

        Assert.Equal(1, Assert.Single(Reports).Abandoned);
    }

    /// <summary>Until the drain waits on its next timer, which follows a cancellation that runs on the thread pool.</summary>
    private async Task UntilWaitingAgain()
    {
        while (Time.ArmedTimers == 0)
        {
            await Task.Yield();
        }
    }
}
