namespace WarmContext.Lambda.Tests.AfterResponse;

/// <summary>Class-library functions in processes of their own, with real freezes: the mechanism is the internal extension.</summary>
public sealed class ClassLibraryTests
{
    private const string Work = "LifecycleFunctions::LifecycleFunctions.BackgroundHandlers::Work";

    [Fact]
    public async Task Of_many_invocations_frozen_at_once_none_loses_work_and_no_caller_waits_for_it()
    {
        var answeredFirst = await FreezeStress.RunAfterResponseAsync(
            static () => LifecycleFunction.StartAsync(Work, BackgroundCompletion.AfterResponse));

        // Not each of them: a handler that a busy machine keeps from beginning within a second of its event finishes its work before the
        // return.
        Assert.True(
            answeredFirst.Count(static first => first) > answeredFirst.Count / 2,
            $"{answeredFirst.Count(static first => first)} of {answeredFirst.Count} answers came before the work's end.");
    }

    [Fact]
    public async Task Before_return_the_caller_waits_and_none_of_many_loses_work()
    {
        var figures = await FreezeStress.RunBeforeReturnAsync(
            static () => LifecycleFunction.StartAsync(Work, BackgroundCompletion.BeforeReturn));

        // Timers are a few milliseconds coarse.
        Assert.All(figures, static figure => Assert.True(figure.Latency.TotalMilliseconds >= figure.WorkMilliseconds - 15));
    }

    [Fact]
    public async Task A_static_field_without_a_static_constructor_comes_too_late_and_that_is_said_once()
    {
        await using var function = await LifecycleFunction.StartAsync(
            "LifecycleFunctions::LifecycleFunctions.LateHandlers::Status", BackgroundCompletion.AfterResponse);
        for (var i = 0; i < 3; i++)
        {
            // The work is finished before the return, so it is done when the next invocation begins.
            Assert.Equal($"warm=True hooked=True done={i}", (await function.Environment.InvokeAsync("\"\"")).ReadPayload<string>());
            await function.Environment.WaitUntilFrozenAsync();
        }

        var log = function.Environment.ReadLog();
        Assert.Contains(
            "static constructor", Assert.Single(log, static line => line.Contains("WarmUpTooLate", StringComparison.Ordinal)),
            StringComparison.Ordinal);

        // A warning, and not an error as all of standard error is on Lambda. Its exception follows.
        var unavailable = Assert.Single(log, static line => line.Contains("ExtensionUnavailable", StringComparison.Ordinal));
        Assert.Contains("\twarn\tWarmContext 301 ", unavailable, StringComparison.Ordinal);
        Assert.Contains(log, static line => line.Contains("403", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Before_return_no_extension_is_registered_and_no_work_is_lost()
    {
        await using var function = await LifecycleFunction.StartAsync(Work, BackgroundCompletion.BeforeReturn);
        for (var i = 0; i < 20; i++)
        {
            (await function.InvokeAsync("yielding", 50)).EnsureSuccess();
            await function.Environment.WaitUntilFrozenAsync();
            Assert.Equal(i + 1, function.Journal().Length);
        }

        // Only extensions get time to shut down.
        Assert.Equal(TimeSpan.Zero, (await function.Environment.ShutdownAsync()).Limit);
    }

    [Fact]
    public async Task Work_that_will_not_end_before_the_deadline_is_abandoned_and_the_process_lives_on()
    {
        await using var function = await LifecycleFunction.StartAsync(
            Work, BackgroundCompletion.AfterResponse, TimeSpan.FromSeconds(6), ("MARGIN", "4000"));
        var first = (await function.InvokeAsync("stubborn", 60_000)).EnsureSuccess();
        await function.Environment.WaitUntilFrozenAsync();
        (await function.InvokeAsync("yielding", 1)).EnsureSuccess();
        await function.Environment.WaitUntilFrozenAsync();

        Assert.Equal(1, function.Environment.ProcessCount);
        var log = function.Environment.ReadLog();
        Assert.Contains(
            log,
            static line => line.Contains("BackgroundTaskAbandoned", StringComparison.Ordinal)
                && line.Contains("'stubborn 0'", StringComparison.Ordinal));
        Assert.Contains(
            log,
            line => line.Contains("TaskOutlivedInvocation", StringComparison.Ordinal)
                && line.Contains(first.RequestId, StringComparison.Ordinal));
    }
}
