using WarmContext.Testing;

namespace WarmContext.Lambda.Tests.Shutdown;

/// <summary>The shutdown of functions in processes of their own.</summary>
public sealed class ShutdownProcessTests
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
    public async Task A_second_signal_during_the_shutdown_does_not_end_the_process_sooner()
    {
        await using var lambda = await FreezingEnvironment.StartAsync(BackgroundCompletion.BeforeReturn, null, ("SHUTDOWN_HOOK", "yes"));

        Assert.True(await lambda.ShutDownAsync(again: "about to leave"));

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
}
