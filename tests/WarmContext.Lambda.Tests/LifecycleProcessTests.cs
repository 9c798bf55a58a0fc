using WarmContext.Lambda.Tests.AfterResponse;

namespace WarmContext.Lambda.Tests;

/// <summary>Shutdown and warm-up of functions in processes of their own.</summary>
public sealed class LifecycleProcessTests
{
    [Fact]
    public async Task A_shutdown_hook_gets_its_time_and_ends_the_process_by_itself()
    {
        await using var function = await LifecycleFunction.StartAsync("LifecycleFunctions::LifecycleFunctions.ShutdownHandlers::Echo", BackgroundCompletion.BeforeReturn);
        (await function.Environment.InvokeAsync("\"hello\"")).EnsureSuccess();
        await function.Environment.WaitUntilFrozenAsync();

        var shutdown = await function.Environment.ShutdownAsync();

        Assert.Equal(TimeSpan.FromMilliseconds(500), shutdown.Limit);
        Assert.Contains("goodbye", shutdown.Log);
    }

    [Fact]
    public async Task Warm_up_holds_Init_up_for_its_budget_alone_and_carries_on_in_the_first_invocation()
    {
        await using var function = await LifecycleFunction.StartAsync("LifecycleFunctions::LifecycleFunctions.WarmUpHandlers::Status", BackgroundCompletion.BeforeReturn);
        Assert.InRange(function.Environment.InitDuration!.Value.TotalSeconds, 1, 2.9);

        // It answers while the slow item runs, and the runtime gets the answer once it is done.
        var first = await function.Environment.InvokeAsync("\"\"");
        Assert.Equal("quick=Completed slow=Running broken=Failed", first.ReadPayload<string>());
        Assert.Equal("quick=Completed slow=Completed broken=Failed", (await function.Environment.InvokeAsync("\"\"")).ReadPayload<string>());
        Assert.Contains(function.Environment.ReadLog(), static line => line.Contains("WarmUpItemFailed", StringComparison.Ordinal) && line.Contains("'broken'", StringComparison.Ordinal));
    }
}
