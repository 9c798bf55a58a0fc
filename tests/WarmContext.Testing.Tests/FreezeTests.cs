using System.Diagnostics;
using WarmContext.Testing.Processes;

namespace WarmContext.Testing;

public class FreezeTests
{
    [Fact]
    public async Task The_process_is_stopped_after_Init_and_between_invocations()
    {
        await using var lambda = await TestFunction.StartAsync("Lifecycle::Count");
        await lambda.WaitUntilFrozenAsync();
        Assert.True(ProcessTable.IsStopped(lambda.ProcessId!.Value));

        await lambda.InvokeAsync();
        await lambda.WaitUntilFrozenAsync();

        Assert.True(lambda.IsFrozen);
        Assert.True(ProcessTable.IsStopped(lambda.ProcessId!.Value));
    }

    [Fact]
    public async Task Nothing_runs_in_a_frozen_process()
    {
        await using var lambda = await TestFunction.StartAsync("Lifecycle::Ticking");
        await lambda.InvokeAsync();
        await lambda.WaitUntilFrozenAsync();

        // A timer of 10 ms would tick 50 times. It catches up with one tick when thawed, and may get a few while the event is handled.
        await Task.Delay(500);
        var ticks = (await lambda.InvokeAsync()).ReadPayload<long>();

        Assert.InRange(ticks, 0, 25);
    }

    [Fact]
    public async Task Without_freezing_the_same_process_runs_on()
    {
        var options = TestFunction.Options("Lifecycle::Ticking");
        options.FreezesBetweenInvocations = false;
        await using var lambda = await LocalExecutionEnvironment.StartAsync(options);
        await lambda.InvokeAsync();

        await TestFunction.UntilAsync(async () => (await lambda.InvokeAsync()).ReadPayload<long>() > 25);

        Assert.False(lambda.IsFrozen);
        await Assert.ThrowsAsync<InvalidOperationException>(() => lambda.WaitUntilFrozenAsync());
    }

    [Fact]
    public async Task Children_of_the_function_are_frozen_with_it()
    {
        await using var lambda = await TestFunction.StartAsync("Lifecycle::Child");
        var child = (await lambda.InvokeJsonAsync("while :; do sleep 0.01; done")).ReadPayload<int>();
        await lambda.WaitUntilFrozenAsync();

        await TestFunction.UntilAsync(() => Task.FromResult(ProcessTable.IsStopped(child)));
    }

    [Fact]
    public async Task An_invocation_finds_the_process_as_the_previous_one_left_it()
    {
        await using var lambda = await TestFunction.StartAsync("Lifecycle::Count");

        var first = (await lambda.InvokeAsync()).ReadPayload<string>()!;
        await lambda.WaitUntilFrozenAsync();
        var second = (await lambda.InvokeAsync()).ReadPayload<string>()!;

        Assert.Equal($"{lambda.ProcessId} 1", first);
        Assert.Equal($"{lambda.ProcessId} 2", second);
    }

    [Fact]
    public async Task Only_the_first_invocation_is_a_cold_start()
    {
        await using var lambda = await TestFunction.StartAsync("Lifecycle::Count");

        var first = await lambda.InvokeAsync();
        var second = await lambda.InvokeAsync();

        Assert.True(first.IsColdStart);
        Assert.Equal(lambda.InitDuration, first.InitDuration);
        Assert.True(first.InitDuration > TimeSpan.Zero);
        Assert.False(second.IsColdStart);
        Assert.Null(second.InitDuration);
    }

    [Fact]
    public async Task A_thousand_freezes_and_thaws_take_less_than_30_seconds()
    {
        await using var lambda = await TestFunction.StartAsync("Lifecycle::Count");
        var watch = Stopwatch.StartNew();
        for (var i = 1; i <= 1000; i++)
        {
            await lambda.InvokeAsync();
            await lambda.WaitUntilFrozenAsync();
        }

        Assert.Equal($"{lambda.ProcessId} 1001", (await lambda.InvokeAsync()).ReadPayload<string>());
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), $"It took {watch.Elapsed}.");
    }
}
