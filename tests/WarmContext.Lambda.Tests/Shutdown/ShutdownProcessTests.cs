using System.Runtime.InteropServices;

namespace WarmContext.Lambda.Tests.Shutdown;

/// <summary>The shutdown of functions in processes of their own.</summary>
public sealed class ShutdownProcessTests
{
    // SIGTERM of Linux.
    private const int Terminate = 15;

    [Theory]
    [InlineData(BackgroundCompletion.BeforeReturn)]
    [InlineData(BackgroundCompletion.AfterResponse)]
    public async Task A_shutdown_hook_gets_its_time_and_ends_before_the_process_does(BackgroundCompletion completion)
    {
        await using var function = await StartAsync(completion);
        await function.InvokeAsync("yielding", 1);
        await function.Environment.WaitUntilFrozenAsync();

        Assert.False((await function.Environment.ShutdownAsync()).WasKilled);

        Assert.Single(function.LogLines("goodbye"));
    }

    [Fact]
    public async Task A_second_signal_during_the_shutdown_does_not_end_the_process_sooner()
    {
        await using var function = await StartAsync(BackgroundCompletion.BeforeReturn);
        var process = function.Environment.ProcessId!.Value;

        var shutdown = function.Environment.ShutdownAsync();
        while (function.LogLines("about to leave").Length == 0 && !shutdown.IsCompleted)
        {
            await Task.Delay(5);
        }

        Assert.Equal(0, SendSignal(process, Terminate));
        Assert.False((await shutdown).WasKilled);
        Assert.Single(function.LogLines("goodbye"));
    }

    [Fact]
    public async Task A_shutdown_in_the_middle_of_background_work_waits_for_it()
    {
        await using var function = await StartAsync(BackgroundCompletion.AfterResponse);
        await function.InvokeAsync("yielding", 1);
        await function.Environment.WaitUntilFrozenAsync();
        await function.InvokeAsync("yielding", 200);

        Assert.False((await function.Environment.ShutdownAsync()).WasKilled);

        Assert.Equal(2, function.Journal().Length);
    }

    // With ten times as long as on Lambda, because on a busy machine the process may get too little of it; the hook keeps to its own
    // budget.
    private static Task<LifecycleFunction> StartAsync(BackgroundCompletion completion) =>
        LifecycleFunction.StartAsync("LifecycleFunctions", completion, static options =>
        {
            options.ShutdownPatience = 10;
            options.Environment["GATE"] = "no";
            options.Environment["MECHANISM"] = "InternalExtension";
            options.Environment["SHUTDOWN_HOOK"] = "yes";
        });

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int process, int signal);
}
