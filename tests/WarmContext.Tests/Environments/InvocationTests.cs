using WarmContext.TestSupport;

namespace WarmContext.Tests.Environments;

public sealed class InvocationTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly ExecutionEnvironment _environment;
    private readonly InvocationRunner _runner;

    public InvocationTests()
    {
        _environment = TestEnvironments.OnLambda(_time);
        _runner = new InvocationRunner(new InvocationOptions { Environment = _environment });
    }

    [Fact]
    public async Task The_current_invocation_flows_through_awaits_and_the_thread_pool()
    {
        await Run(async invocation =>
        {
            Assert.Same(invocation, Invocation.Current);
            await Task.Yield();
            Assert.Same(invocation, Invocation.Current);
            Assert.Same(invocation, await Task.Run(static () => Invocation.Current));
        });

        Assert.Null(Invocation.CurrentOrDefault);
    }

    [Fact]
    public void Outside_an_invocation_the_error_names_the_remedy() =>
        Assert.Contains(
            "WarmHandler", Assert.Throws<InvalidOperationException>(static () => Invocation.Current).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Each_of_32_invocations_at_once_sees_itself()
    {
        var all = new Barrier32();
        await Task.WhenAll(Enumerable.Range(0, 32).Select(i => Run(
            async invocation =>
            {
                await all.ArriveAsync();
                Assert.Equal($"request-{i}", Invocation.Current.RequestId);
                Assert.Same(invocation, Invocation.Current);
            },
            requestId: $"request-{i}")));

        Assert.Equal(32, _environment.InvocationCount);
    }

    [Fact]
    public async Task Only_the_first_invocation_is_a_cold_start()
    {
        Assert.True(_environment.IsColdStart);
        await Run(invocation => Check(invocation.IsColdStart && _environment.IsColdStart && invocation.Number == 1));
        await Run(invocation => Check(!invocation.IsColdStart && !_environment.IsColdStart && invocation.Number == 2));
    }

    [Theory]
    [InlineData("provisioned-concurrency")]
    [InlineData("lambda-managed-instances")]
    public async Task Where_nobody_waited_for_init_the_first_invocation_is_no_cold_start(string type)
    {
        var runner = new InvocationRunner(
            new InvocationOptions { Environment = TestEnvironments.OnLambda(_time, ("AWS_LAMBDA_INITIALIZATION_TYPE", type)) });

        Assert.False(await runner.RunAsync(
            new InvocationInfo { RequestId = "r" }, 0, static (_, invocation) => Task.FromResult(invocation.IsColdStart)));
    }

    [Fact]
    public async Task The_gap_is_the_time_in_which_no_invocation_ran()
    {
        await Run(invocation => Check(invocation.GapSincePrevious is null));
        _time.AdvanceWallOnly(TimeSpan.FromMinutes(20));

        await Run(async invocation =>
        {
            Assert.Equal(TimeSpan.FromMinutes(20), invocation.GapSincePrevious);
            _time.Advance(TimeSpan.FromMinutes(1));
            await Run(beside => Check(beside.GapSincePrevious == TimeSpan.Zero));
        });
    }

    [Fact]
    public async Task Remaining_time_runs_out_by_either_clock_and_is_never_negative()
    {
        await Run(
            invocation =>
            {
                Assert.Equal(TimeSpan.FromSeconds(3), invocation.RemainingTime);
                _time.AdvanceMonotonicOnly(TimeSpan.FromSeconds(1));
                Assert.Equal(TimeSpan.FromSeconds(2), invocation.RemainingTime);
                Assert.Equal(TimeSpan.FromSeconds(1.5), invocation.RemainingTimeLess(TimeSpan.FromMilliseconds(500)));
                _time.AdvanceWallOnly(TimeSpan.FromSeconds(10));
                Assert.Equal(TimeSpan.Zero, invocation.RemainingTime);
                Assert.Equal(TimeSpan.Zero, invocation.RemainingTimeLess(TimeSpan.FromSeconds(1)));
                return Task.CompletedTask;
            },
            deadline: _time.GetUtcNow() + TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task A_wall_clock_set_back_grants_no_time()
    {
        await Run(
            invocation =>
            {
                _time.AdvanceWallOnly(TimeSpan.FromHours(-1));
                _time.Advance(TimeSpan.FromSeconds(2));
                Assert.Equal(TimeSpan.FromSeconds(1), invocation.RemainingTime);
                return Task.CompletedTask;
            },
            deadline: _time.GetUtcNow() + TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task Without_a_deadline_nothing_limits_the_invocation() => await Run(invocation =>
    {
        Assert.Null(invocation.Deadline);
        Assert.Equal(TimeSpan.MaxValue, invocation.RemainingTime);
        Assert.Equal(TimeSpan.MaxValue, invocation.RemainingTimeLess(TimeSpan.FromSeconds(1)));
        return Task.CompletedTask;
    });

    private static Task Check(bool condition)
    {
        Assert.True(condition);
        return Task.CompletedTask;
    }

    private Task<bool> Run(Func<Invocation, Task> handler, string requestId = "r", DateTimeOffset? deadline = null) =>
        _runner.RunAsync(new InvocationInfo { RequestId = requestId, Deadline = deadline }, handler, static async (handler, invocation) =>
        {
            await handler(invocation);
            return true;
        });

    /// <summary>Lets 32 callers go on together.</summary>
    private sealed class Barrier32
    {
        private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _arrived;

        public Task ArriveAsync()
        {
            if (Interlocked.Increment(ref _arrived) == 32)
            {
                _all.SetResult();
            }

            return _all.Task;
        }
    }
}
