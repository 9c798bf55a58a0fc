using WarmContext.TestSupport;

namespace WarmContext.Tests.Running;

public sealed class AfterResponseTests
{
    private readonly string _request = TestEnvironments.NewRequestId();
    private readonly TaskCompletionSource _work = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<BackgroundReport> _report = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly InvocationOptions _options;

    public AfterResponseTests() => _options = new InvocationOptions
    {
        Environment = TestEnvironments.OnLambda(),
        BackgroundCompletion = BackgroundCompletion.AfterResponse,
        OnBackgroundReport = _report.SetResult,
    };

    [Fact]
    public async Task Where_the_environment_stays_awake_the_answer_is_given_at_once()
    {
        var guard = new Guard(holds: true);

        Assert.Equal("answer", await Run(guard));

        Assert.Equal(["begun", "hold"], guard.Calls);
        Assert.False(guard.Work!.IsCompleted);
        _work.SetResult();
        await guard.Work;
        Assert.Equal(1, (await _report.Task).Completed);
        Assert.Equal(["begun", "hold", "ended"], guard.Calls);
    }

    [Fact]
    public async Task A_failed_handlers_error_is_given_at_once_too()
    {
        var guard = new Guard(holds: true);

        await Assert.ThrowsAsync<IOException>(() => Run(guard, static () => throw new IOException("gone")));

        _work.SetResult();
        await guard.Work!;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(null)]
    public async Task Where_it_does_not_or_the_guard_throws_the_work_is_finished_first(bool? holds)
    {
        var guard = new Guard(holds);
        var running = Run(guard);

        await guard.Asked;
        Assert.False(running.IsCompleted);
        _work.SetResult();

        Assert.Equal("answer", await running);
        Assert.Equal(["begun", "hold", "ended"], guard.Calls);
    }

    [Fact]
    public async Task Without_a_guard_the_work_is_finished_first_with_one_warning()
    {
        using var log = new LogCapture();
        var runner = new InvocationRunner(_options);
        var before = log.Entries.Count(static entry => entry.EventName == "NoFreezeGuard");
        for (var i = 0; i < 3; i++)
        {
            var finished = false;
            await runner.RunAsync(new InvocationInfo { RequestId = _request }, 0, (_, invocation) =>
            {
                invocation.Background.Run("work", async _ =>
                {
                    await Task.Delay(10, CancellationToken.None);
                    finished = true;
                });
                return Task.FromResult(true);
            });
            Assert.True(finished);
            _options.OnBackgroundReport = null;
        }

        Assert.Equal(before + 1, log.Entries.Count(static entry => entry.EventName == "NoFreezeGuard"));
    }

    [Fact]
    public async Task With_nothing_left_to_do_nobody_is_asked_to_hold_anything()
    {
        var guard = new Guard(holds: true);
        _work.SetResult();

        await new InvocationRunner(_options).WithFreezeGuard(guard)
            .RunAsync(new InvocationInfo { RequestId = _request }, 0, static (_, _) => Task.FromResult(true));

        Assert.Equal(["begun", "ended"], guard.Calls);
    }

    [Fact]
    public async Task What_is_to_be_disposed_at_the_end_lives_as_long_as_the_work_that_uses_it()
    {
        var scope = new Scope();
        var guard = new Guard(holds: true);
        await Run(guard, () => Invocation.Current.DisposeAtEnd(scope));

        Assert.False(scope.IsDisposed);
        _work.SetResult();
        await guard.Work!;
        Assert.True(scope.IsDisposed);
    }

    [Fact]
    public void An_answer_that_has_been_given_cannot_fail_any_more()
    {
        _options.BackgroundFailures = BackgroundFailurePolicy.FailInvocation;

        Assert.Contains("BackgroundCompletion", Assert.Throws<ArgumentException>(() => new InvocationRunner(_options)).Message,
            StringComparison.Ordinal);
    }

    private Task<string> Run(IFreezeGuard guard, Action? handler = null) =>
        new InvocationRunner(_options).WithFreezeGuard(guard)
            .RunAsync(new InvocationInfo { RequestId = _request }, (this, handler), static (state, invocation) =>
        {
            invocation.Background.Track("work", state.Item1._work.Task);
            state.handler?.Invoke();
            return Task.FromResult("answer");
        });

    private sealed class Scope : IAsyncDisposable
    {
        public bool IsDisposed { get; private set; }

        public ValueTask DisposeAsync()
        {
            IsDisposed = true;
            return ValueTask.CompletedTask;
        }
    }

    private sealed class Guard(bool? holds) : IFreezeGuard
    {
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Asked => _asked.Task;

        public List<string> Calls { get; } = [];

        public Task? Work { get; private set; }

        public void Begun(Invocation invocation) => Calls.Add("begun");

        public ValueTask<bool> TryHoldAsync(Invocation invocation, Task work)
        {
            Calls.Add("hold");
            Work = work;
            _asked.SetResult();
            return ValueTask.FromResult(holds ?? throw new IOException("guard"));
        }

        public void Ended(Invocation invocation) => Calls.Add("ended");
    }
}
