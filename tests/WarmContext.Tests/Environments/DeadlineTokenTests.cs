using WarmContext.TestSupport;

namespace WarmContext.Tests.Environments;

public sealed class DeadlineTokenTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task It_is_cancelled_the_margin_before_the_deadline() => await Run("on-demand", TimeSpan.FromSeconds(3), invocation =>
    {
        var token = invocation.DeadlineToken;
        _time.Advance(TimeSpan.FromSeconds(2.4));
        Assert.False(token.IsCancellationRequested);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.True(token.IsCancellationRequested);
        return Task.CompletedTask;
    });

    [Fact]
    public async Task It_is_never_cancelled_without_a_deadline_or_after_the_end()
    {
        await Run("on-demand", null, static invocation =>
        {
            Assert.False(invocation.DeadlineToken.CanBeCanceled);
            return Task.CompletedTask;
        });
        Invocation? over = null;
        var token = CancellationToken.None;
        await Run("on-demand", TimeSpan.FromSeconds(3), invocation =>
        {
            over = invocation;
            token = invocation.DeadlineToken;
            return Task.CompletedTask;
        });
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.False(token.IsCancellationRequested);
        Assert.Equal(0, _time.ArmedTimers);
        Assert.Throws<InvalidOperationException>(() => over!.DisposeAtEnd(new MemoryStream()));
    }

    [Fact]
    public async Task A_callback_that_throws_is_logged_and_ends_nothing()
    {
        using var log = new LogCapture();
        var id = TestEnvironments.NewRequestId();
        await Run(
            "on-demand",
            TimeSpan.FromSeconds(3),
            invocation =>
            {
                invocation.DeadlineToken.Register(static () => throw new IOException("callback"));
                _time.Advance(TimeSpan.FromSeconds(3));
                return Task.CompletedTask;
            },
            id);

        log.Only("CancellationCallbackFailed", id);
    }

    [Fact]
    public async Task On_managed_instances_a_handler_that_goes_on_is_given_up_at_the_deadline()
    {
        using var log = new LogCapture();
        var id = TestEnvironments.NewRequestId();
        var stubborn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = Run("lambda-managed-instances", TimeSpan.FromSeconds(3), _ => stubborn.Task, id);
        _time.Advance(TimeSpan.FromSeconds(2.9));
        Assert.False(running.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Contains(id, (await Assert.ThrowsAsync<TimeoutException>(() => running)).Message, StringComparison.Ordinal);
        stubborn.SetException(new IOException("later"));
        Assert.Equal("later", (await log.UntilAsync("HandlerOutlivedInvocation", id)).Exception?.Message);
    }

    [Fact]
    public async Task On_managed_instances_a_handler_that_heeds_the_token_answers_by_itself()
    {
        var running = Run("lambda-managed-instances", TimeSpan.FromSeconds(3), static invocation =>
            Task.Delay(Timeout.Infinite, invocation.DeadlineToken).ContinueWith(static _ => { }, TaskScheduler.Default));
        _time.Advance(TimeSpan.FromSeconds(2.5));

        await running;
    }

    private Task Run(string type, TimeSpan? deadline, Func<Invocation, Task> handler, string id = "r")
    {
        var environment = TestEnvironments.OnLambda(_time, ("AWS_LAMBDA_INITIALIZATION_TYPE", type));
        var info = new InvocationInfo { RequestId = id, Deadline = _time.GetUtcNow() + deadline };
        return new InvocationRunner(new InvocationOptions { Environment = environment })
            .RunAsync(info, handler, static async (handler, invocation) =>
        {
            await handler(invocation);
            return true;
        });
    }
}
