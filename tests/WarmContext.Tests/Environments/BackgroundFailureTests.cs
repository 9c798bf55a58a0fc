using WarmContext.TestSupport;

namespace WarmContext.Tests.Environments;

/// <summary>Work that fails, and a handler that does.</summary>
public sealed class BackgroundFailureTests : BackgroundWork
{
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
        var report = Assert.Single(Reports);
        Assert.Equal((1, 1), (report.Completed, report.Failed));
        var entry = log.Only("BackgroundTaskFailed", Request);
        Assert.Contains("'failing'", entry.Message, StringComparison.Ordinal);
        Assert.Equal("bucket gone", entry.Exception?.Message);
    }

    [Fact]
    public async Task A_task_that_failed_before_it_was_tracked_is_reported_like_any_other()
    {
        await Run(tasks => tasks.Track("early", Task.FromException(new IOException("early"))));

        Assert.IsType<IOException>(Assert.Single(Assert.Single(Reports).Tasks).Exception);
    }

    [Fact]
    public async Task Under_fail_invocation_the_exception_names_every_task_that_did_not_complete()
    {
        Options.BackgroundFailures = BackgroundFailurePolicy.FailInvocation;

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
        Options.BackgroundFailures = BackgroundFailurePolicy.FailInvocation;
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
    public async Task Work_that_returns_no_task_is_a_named_failure()
    {
        await Run(static tasks => tasks.Run("null work", static _ => null!));

        Assert.Contains("'null work'", Assert.Single(Assert.Single(Reports).Tasks).Exception!.Message, StringComparison.Ordinal);
    }
}
