using WarmContext.TestSupport;

namespace WarmContext.Lambda.Tests.Handlers;

public sealed class WarmHandlerTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly WarmHandler _handler;

    public WarmHandlerTests() => _handler = new WarmHandler(new InvocationOptions
    {
        Environment = ExecutionEnvironment.Create(new Dictionary<string, string?> { ["AWS_LAMBDA_FUNCTION_NAME"] = "orders" }, _time),
    });

    [Fact]
    public async Task Under_the_priming_context_any_handler_runs_as_a_priming_run()
    {
        var context = WarmHandler.PrimingContext;
        var warm = new WarmHandler(new InvocationOptions { Environment = ExecutionEnvironment.Create(
            new Dictionary<string, string?> { ["AWS_LAMBDA_FUNCTION_NAME"] = "orders" }) });

        Assert.True(await warm.RunAsync("order", context, static (_, invocation) => Task.FromResult(invocation.IsPriming)));
        var isPrimed = warm.Wrap<string, bool>(static (_, context, invocation) =>
            Task.FromResult(invocation.IsPriming && invocation.RequestId == "priming" && context.RemainingTime > TimeSpan.Zero));
        Assert.True(await isPrimed("order", context));
    }

    [Fact]
    public async Task The_invocation_carries_what_the_context_says()
    {
        var seen = await _handler.RunAsync(new TestLambdaContext(), static invocation => Task.FromResult(invocation));

        Assert.Equal("8476a536-e9f4-11e8-9739-2dfe598c3fcd", seen.RequestId);
        Assert.Equal("arn:aws:lambda:eu-central-1:123456789012:function:orders", seen.Info.InvokedFunctionArn);
        Assert.Equal("Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1", seen.Info.TraceParent);
        Assert.Equal(_time.GetUtcNow() + TimeSpan.FromSeconds(3), seen.Deadline);
        Assert.Equal(TimeSpan.FromSeconds(3), seen.RemainingTime);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    public async Task A_deadline_that_is_over_leaves_no_time(long ticks)
    {
        var seen = await _handler.RunAsync(
            new TestLambdaContext { RemainingTime = new TimeSpan(ticks) }, static invocation => Task.FromResult(invocation));

        Assert.Equal(TimeSpan.Zero, seen.RemainingTime);
    }

    [Fact]
    public async Task Every_shape_of_handler_runs_and_drains()
    {
        var drained = 0;
        void Track(Invocation invocation) => invocation.Background.Run("work", async _ =>
        {
            await Task.Yield();
            Interlocked.Increment(ref drained);
        });

        Assert.Equal("in and out", await _handler.RunAsync("in", new TestLambdaContext(), async (input, invocation) =>
        {
            Track(invocation);
            await Task.Yield();
            return input + " and out";
        }));
        await _handler.RunAsync("in", new TestLambdaContext(), async (_, invocation) =>
        {
            Track(invocation);
            await Task.Yield();
        });
        Assert.Equal(42, await _handler.RunAsync(new TestLambdaContext(), async invocation =>
        {
            Track(invocation);
            await Task.Yield();
            return 42;
        }));
        await _handler.RunAsync(new TestLambdaContext(), async invocation =>
        {
            Track(invocation);
            await Task.Yield();
        });

        Assert.Equal(4, drained);
    }

    [Fact]
    public async Task The_handlers_exception_arrives_as_it_was_thrown()
    {
        var thrown = new InvalidOperationException("out of stock");

        Assert.Same(
            thrown,
            await Assert.ThrowsAsync<InvalidOperationException>(
                () => _handler.RunAsync(new TestLambdaContext(), Task (_) => throw thrown)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(long.MaxValue)]
    public async Task A_test_context_without_a_sensible_remaining_time_means_no_limit(long ticks)
    {
        var context = new TestLambdaContext { RemainingTime = new TimeSpan(ticks) };

        Assert.Equal(TimeSpan.MaxValue, await _handler.RunAsync(context, static invocation => Task.FromResult(invocation.RemainingTime)));
    }

    [Fact]
    public async Task A_deadline_that_has_passed_leaves_no_time()
    {
        var context = new TestLambdaContext { RemainingTime = TimeSpan.FromSeconds(-2) };

        Assert.Equal(TimeSpan.Zero, await _handler.RunAsync(context, static invocation => Task.FromResult(invocation.RemainingTime)));
    }

    [Fact]
    public async Task A_context_without_a_request_id_is_survived()
    {
        var context = new TestLambdaContext { AwsRequestId = null! };

        Assert.Equal("unknown", await _handler.RunAsync(context, static invocation => Task.FromResult(invocation.RequestId)));
    }

    [Fact]
    public async Task Null_arguments_are_refused()
    {
        await Assert.ThrowsAsync<ArgumentNullException>(() => _handler.RunAsync(null!, static _ => Task.CompletedTask));
        await Assert.ThrowsAsync<ArgumentNullException>(() => _handler.RunAsync(new TestLambdaContext(), (Func<Invocation, Task>)null!));
        Assert.Throws<ArgumentNullException>(() => new WarmHandler((InvocationRunner)null!));
    }
}
