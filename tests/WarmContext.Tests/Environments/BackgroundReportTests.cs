using WarmContext.TestSupport;

namespace WarmContext.Tests.Environments;

/// <summary>The report about an invocation's background work.</summary>
public sealed class BackgroundReportTests : BackgroundWork
{
    [Fact]
    public async Task The_report_tells_how_long_each_task_took_and_how_long_the_invocation_waited()
    {
        var (quick, slow) = (new TaskCompletionSource(), new TaskCompletionSource());
        BackgroundTasks? background = null;
        var running = Run(tasks =>
        {
            background = tasks;
            tasks.Track("quick", quick.Task);
            Time.Advance(TimeSpan.FromSeconds(1));
            tasks.Track("slow", slow.Task);
        });
        Time.Advance(TimeSpan.FromSeconds(1));
        quick.SetResult();
        while (background!.Running > 1)
        {
            await Task.Yield();
        }

        Time.Advance(TimeSpan.FromSeconds(3));
        slow.SetResult();
        await running;

        var report = Assert.Single(Reports);
        Assert.Equal([("quick", 2.0), ("slow", 4.0)], report.Tasks.Select(static task => (task.Name, task.Duration.TotalSeconds)));
        Assert.Equal(4, report.DrainTime.TotalSeconds);
        Assert.Equal(Request, report.RequestId);
    }

    [Fact]
    public async Task Nothing_tracked_means_no_report()
    {
        await Run(static _ => { });

        Assert.Empty(Reports);
    }

    [Fact]
    public async Task A_report_callback_that_throws_is_logged_and_fails_nobody()
    {
        using var log = new LogCapture();
        Options.OnBackgroundReport = static _ => throw new IOException("sink");

        Assert.Equal("done", await Run(tasks => tasks.Run("x", static _ => Task.CompletedTask)));

        log.Only("ReportCallbackFailed", Request);
    }
}
