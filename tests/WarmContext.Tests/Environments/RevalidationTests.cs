using WarmContext.TestSupport;

namespace WarmContext.Tests.Environments;

public sealed class RevalidationTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly ExecutionEnvironment _environment;
    private readonly InvocationRunner _runner;

    public RevalidationTests()
    {
        _environment = TestEnvironments.OnLambda(_time);
        _runner = new InvocationRunner(new InvocationOptions { Environment = _environment });
    }

    [Fact]
    public async Task After_a_long_gap_all_resources_are_revalidated_before_the_handler_and_at_once()
    {
        var together = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var begun = 0;
        var resources = Enumerable.Range(0, 8).Select(_ => new Resource(async _ =>
        {
            // Ends only when all eight are under way: it would hang if they ran one after the other.
            if (Interlocked.Increment(ref begun) == 8)
            {
                together.SetResult();
            }

            await together.Task;
        })).ToArray();
        Array.ForEach(resources, _environment.Register);
        await Run();

        _time.AdvanceWallOnly(TimeSpan.FromMinutes(20));
        await Run(() => Assert.All(resources, static resource => Assert.Equal(TimeSpan.FromMinutes(20), resource.Gap)));
    }

    [Theory]
    [InlineData(29, false)]
    [InlineData(30, true)]
    public async Task A_first_invocation_long_after_the_warm_up_revalidates_too(int seconds, bool revalidates)
    {
        var resource = new Resource(static _ => Task.CompletedTask);
        _environment.Register(resource);
        _time.Advance(TimeSpan.FromMinutes(1));
        await new WarmUp(new WarmUpOptions { Environment = _environment }).RunAsync();
        await _runner.RunAsync(new InvocationInfo { RequestId = "priming", IsPriming = true }, 0, static (_, _) => Task.FromResult(true));
        Assert.Null(resource.Gap);

        _time.Advance(TimeSpan.FromSeconds(seconds));
        await Run();

        Assert.Equal(revalidates ? TimeSpan.FromSeconds(seconds) : null, resource.Gap);
    }

    [Fact]
    public async Task What_was_revalidated_after_a_restore_is_not_revalidated_again_by_the_first_invocation()
    {
        var resource = new Resource(static _ => Task.CompletedTask);
        _environment.Register(resource);
        _time.Advance(TimeSpan.FromHours(3));
        await _environment.RevalidateAsync(TimeSpan.FromHours(2), TimeSpan.FromSeconds(1));
        await Run();

        Assert.Equal(TimeSpan.FromHours(2), resource.Gap);
    }

    [Fact]
    public async Task A_short_gap_revalidates_nothing()
    {
        var resource = new Resource(static _ => Task.CompletedTask);
        _environment.Register(resource);
        await Run();

        _time.Advance(TimeSpan.FromSeconds(29));
        await Run();

        Assert.Null(resource.Gap);
    }

    [Fact]
    public async Task A_resource_that_fails_is_logged_and_the_handler_runs()
    {
        using var log = new LogCapture();
        var failing = new Resource(static _ => throw new IOException("down"));
        _environment.Register(failing);
        await Run();
        _time.Advance(TimeSpan.FromMinutes(1));
        var request = TestEnvironments.NewRequestId();
        var ran = false;

        await Run(() => ran = true, request);

        Assert.True(ran);
        Assert.Contains("'resource'", log.Only("RevalidationFailed", request).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, 2)]
    [InlineData(1, 1)]
    public async Task A_resource_that_hangs_holds_the_handler_up_for_the_budget_or_what_the_invocation_has_left(int? left, int expected)
    {
        using var log = new LogCapture();
        var hanging = new Resource(static _ => new TaskCompletionSource().Task);
        _environment.Register(hanging);
        await Run();
        _time.Advance(TimeSpan.FromMinutes(1));
        var request = TestEnvironments.NewRequestId();

        var running = Run(requestId: request, left: left is { } seconds ? TimeSpan.FromSeconds(seconds) : null);
        _time.Advance(TimeSpan.FromSeconds(expected) - TimeSpan.FromMilliseconds(1));
        Assert.False(running.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await running.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Contains($"{expected}000 ms", log.Only("RevalidationTimedOut", request).Message, StringComparison.Ordinal);
        GC.KeepAlive(hanging);
    }

    [Fact]
    public async Task A_holder_with_a_health_check_is_replaced_during_the_revalidation()
    {
        var made = 0;
        var healthy = true;
        var holder = new Warm<string>(() => $"value {++made}", new WarmOptions<string>
        {
            Environment = _environment,
            HealthCheck = (_, _) => Task.FromResult(healthy),
        });
        await Run(() => Assert.Equal("value 1", holder.Value));

        healthy = false;
        _time.Advance(TimeSpan.FromMinutes(20));
        await Run(() =>
        {
            Assert.Equal(2, made);
            Assert.True(holder.IsReady);
        });
    }

    [Fact]
    public async Task Registering_keeps_nothing_alive()
    {
        var reference = RegisterAndForget();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        await Run();
        _time.Advance(TimeSpan.FromMinutes(1));
        await Run();

        Assert.False(reference.TryGetTarget(out _));
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private WeakReference<Resource> RegisterAndForget()
    {
        var resource = new Resource(static _ => throw new InvalidOperationException("Nobody should call this."));
        _environment.Register(resource);
        return new WeakReference<Resource>(resource);
    }

    private Task<bool> Run(Action? use = null, string requestId = "r", TimeSpan? left = null) =>
        _runner.RunAsync(new InvocationInfo { RequestId = requestId, Deadline = _time.GetUtcNow() + left }, use, static (use, _) =>
    {
        use?.Invoke();
        return Task.FromResult(true);
    });

    private sealed class Resource(Func<CancellationToken, Task> revalidate) : IWarmResource
    {
        public string Name => "resource";

        public TimeSpan? Gap { get; private set; }

        public async ValueTask RevalidateAsync(TimeSpan gap, CancellationToken cancellationToken)
        {
            Gap = gap;
            await revalidate(cancellationToken);
        }
    }
}
