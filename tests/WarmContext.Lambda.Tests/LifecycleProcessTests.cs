using WarmContext.Lambda.Tests.AfterResponse;

namespace WarmContext.Lambda.Tests;

/// <summary>Shutdown and warm-up of functions in processes of their own.</summary>
public sealed class LifecycleProcessTests
{
    [Theory]
    [InlineData(BackgroundCompletion.BeforeReturn)]
    [InlineData(BackgroundCompletion.AfterResponse)]
    public async Task A_shutdown_hook_gets_its_time_and_ends_before_the_process_does(BackgroundCompletion completion)
    {
        await using var lambda = await FreezingEnvironment.StartAsync(completion, null, ("SHUTDOWN_HOOK", "yes"));
        await lambda.InvokeAsync("yielding", 1);
        await lambda.UntilFrozenAsync();

        Assert.True(await lambda.ShutDownAsync());

        Assert.Contains("goodbye", lambda.Log.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_shutdown_in_the_middle_of_background_work_waits_for_it()
    {
        await using var lambda = await FreezingEnvironment.StartAsync(BackgroundCompletion.AfterResponse, null, ("SHUTDOWN_HOOK", "yes"));
        await lambda.InvokeAsync("yielding", 1);
        await lambda.UntilFrozenAsync();
        await lambda.InvokeAsync("yielding", 200);

        Assert.True(await lambda.ShutDownAsync());

        Assert.Equal(2, lambda.Journal().Length);
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
