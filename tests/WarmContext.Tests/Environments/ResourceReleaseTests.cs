using WarmContext.TestSupport;

namespace WarmContext.Tests.Environments;

public sealed class ResourceReleaseTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly ExecutionEnvironment _environment;

    public ResourceReleaseTests() => _environment = TestEnvironments.OnLambda(_time);

    [Fact]
    public async Task At_shutdown_every_resource_is_released_after_the_running_invocations_have_ended()
    {
        var resource = new Resource(static _ => Task.CompletedTask);
        _environment.Register(resource);
        var finish = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = new InvocationRunner(new InvocationOptions { Environment = _environment })
            .RunAsync(new InvocationInfo { RequestId = "r" }, finish.Task, static async (finish, _) =>
            {
                await finish;
                return true;
            });
        var shutdown = _environment.ShutDownAsync();
        // Nothing signals that something goes on waiting; one that doesn't is over well within this time.
        await Task.WhenAny(shutdown, Task.Delay(100));
        Assert.False(shutdown.IsCompleted);
        Assert.Equal(0, resource.Released);
        finish.SetResult();
        await running;
        await shutdown;
        Assert.Equal(1, resource.Released);
    }

    [Fact]
    public async Task At_shutdown_a_warm_up_that_still_runs_is_cancelled()
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var warmUp = new WarmUp(new WarmUpOptions { Environment = _environment }).Add("endless", async token =>
        {
            token.Register(cancelled.SetResult);
            started.SetResult();
            await Task.Delay(Timeout.Infinite, token);
        });
        var running = warmUp.RunAsync();
        await started.Task;

        await _environment.ShutDownAsync();

        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await running.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task One_that_fails_is_logged_and_the_others_are_released()
    {
        using var log = new LogCapture();
        var failing = new Resource(static _ => throw new IOException("stuck"));
        var sound = new Resource(static _ => Task.CompletedTask);
        _environment.Register(failing);
        _environment.Register(sound);

        await _environment.ReleaseAsync(TimeSpan.FromSeconds(10));

        Assert.Equal(1, sound.Released);
        Assert.Contains(
            log.Entries, entry => entry.EventName == "ReleaseFailed" && entry.Message.Contains(failing.Name, StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_that_hangs_holds_up_neither_a_snapshot_nor_the_end()
    {
        using var log = new LogCapture();
        var hanging = new Resource(static _ => new TaskCompletionSource().Task);
        _environment.Register(hanging);

        var releasing = _environment.ReleaseAsync(TimeSpan.FromMilliseconds(321));
        while (_time.ArmedTimers < 2)
        {
            await Task.Yield();
        }

        _time.Advance(TimeSpan.FromSeconds(1));
        await releasing;
        Assert.Contains(log.Entries,
            static entry => entry.EventName == "ReleaseTimedOut" && entry.Message.Contains("321 ms", StringComparison.Ordinal));
        GC.KeepAlive(hanging);
    }

    [Fact]
    public async Task A_resource_that_has_nothing_to_release_need_say_nothing_of_it()
    {
        var plain = new Plain();
        _environment.Register(plain);
        await _environment.ReleaseAsync(TimeSpan.FromSeconds(10));
        GC.KeepAlive(plain);
    }

    private sealed class Plain : IWarmResource
    {
        public string Name => "plain";

        public ValueTask RevalidateAsync(TimeSpan gap, CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }

    private sealed class Resource(Func<CancellationToken, Task> release) : IWarmResource
    {
        public string Name { get; } = "resource " + Guid.NewGuid();

        public int Released { get; private set; }

        public ValueTask RevalidateAsync(TimeSpan gap, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public async ValueTask ReleaseAsync(CancellationToken cancellationToken)
        {
            await release(cancellationToken);
            Released++;
        }
    }
}
