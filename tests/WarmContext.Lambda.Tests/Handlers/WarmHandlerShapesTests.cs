using System.Text;
using Amazon.Lambda.Core;
using WarmContext.Lambda.AfterResponse;

namespace WarmContext.Lambda.Tests.Handlers;

public sealed class WarmHandlerShapesTests
{
    private readonly WarmHandler _warm = new(
        new InvocationOptions { Environment = ExecutionEnvironment.Create(new Dictionary<string, string?>()) });
    private readonly TestLambdaContext _context = new();

    [Fact]
    public async Task Streams_pass_through_untouched()
    {
        using var input = new MemoryStream("in"u8.ToArray());

        var output = await _warm.RunAsync<Stream, Stream>(input, _context, static (stream, _) => Task.FromResult(stream));

        Assert.Same(input, output);
    }

    [Fact]
    public async Task A_wrapped_handler_is_the_delegate_that_a_bootstrap_takes()
    {
        Func<Order, ILambdaContext, Task<string>> withResult = _warm.Wrap<Order, string>(
            static (order, invocation) => Task.FromResult($"{order.Id} {invocation.RequestId}"));
        Func<Order, ILambdaContext, Task<string>> withContext = _warm.Wrap<Order, string>(
            static (order, context, invocation) => Task.FromResult($"{order.Id} {context.FunctionName} {invocation.RequestId}"));
        Func<ILambdaContext, Task<int>> withoutInput = _warm.Wrap(static _ => Task.FromResult(42));
        var ran = 0;
        Func<Order, ILambdaContext, Task> withoutResult = _warm.Wrap<Order>((_, _) =>
        {
            ran++;
            return Task.CompletedTask;
        });
        Func<ILambdaContext, Task> withNothing = _warm.Wrap(Task (_) =>
        {
            ran++;
            return Task.CompletedTask;
        });

        Assert.Equal($"7 {_context.AwsRequestId}", await withResult(new Order(7), _context));
        Assert.Equal($"7 orders {_context.AwsRequestId}", await withContext(new Order(7), _context));
        Assert.Equal(42, await withoutInput(_context));
        await withoutResult(new Order(7), _context);
        await withNothing(_context);
        Assert.Equal(2, ran);
    }

    [Fact]
    public async Task Synchronous_and_value_task_handlers_run_and_drain_too()
    {
        var drained = 0;
        void Track(Invocation invocation) => invocation.Background.Run("work", async _ =>
        {
            await Task.Yield();
            Interlocked.Increment(ref drained);
        });

        Assert.Equal("IN", _warm.Run("in", _context, (input, invocation) =>
        {
            Track(invocation);
            return input.ToUpperInvariant();
        }));
        Assert.Equal("IN", await _warm.RunValueTaskAsync("in", _context, async (input, invocation) =>
        {
            Track(invocation);
            await Task.Yield();
            return input.ToUpperInvariant();
        }));
        Assert.Equal(2, drained);
    }

    [Fact]
    public async Task A_handler_class_gets_the_wrapper_injected_as_with_annotations() =>
        Assert.Equal("accepted 7", await new AnnotatedFunctions(_warm).AcceptAsync(new Order(7), _context));

    [Fact]
    public async Task A_response_stream_is_written_while_the_handler_runs()
    {
        var response = new MemoryStream();
        var half = new TaskCompletionSource();
        var goOn = new TaskCompletionSource();
        var running = _warm.RunAsync(new Order(7), _context, async (_, _) =>
        {
            await response.WriteAsync("first "u8.ToArray());
            half.SetResult();
            await goOn.Task;
            await response.WriteAsync("second"u8.ToArray());
        });
        await half.Task;

        Assert.Equal("first ", Encoding.UTF8.GetString(response.ToArray()));
        goOn.SetResult();
        await running;
        Assert.Equal("first second", Encoding.UTF8.GetString(response.ToArray()));
    }

    [Fact]
    public void An_unknown_mechanism_is_refused_by_name() =>
        Assert.Contains(
            "RuntimeGate",
            Assert.Throws<ArgumentOutOfRangeException>(static () => new WarmHandler(mechanism: (AfterResponseMechanism)9)).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("lambda-managed-instances", "Orders::Orders.Function::Handle", typeof(NeverFrozen))]
    [InlineData("on-demand", "Orders", typeof(RuntimeGateGuard))]
    public void The_mechanism_follows_the_environment(string type, string handler, Type expected)
    {
        var environment = ExecutionEnvironment.Create(new Dictionary<string, string?>
        {
            ["AWS_LAMBDA_RUNTIME_API"] = "127.0.0.1:9", ["AWS_LAMBDA_INITIALIZATION_TYPE"] = type, ["_HANDLER"] = handler,
        });
        var runner = new InvocationRunner(
            new InvocationOptions { Environment = environment, BackgroundCompletion = BackgroundCompletion.AfterResponse });

        Assert.IsType(expected, new WarmHandler(runner).FreezeGuard);
    }

    [Fact]
    public void Before_return_and_outside_lambda_nothing_is_registered()
    {
        var laptop = new InvocationRunner(new InvocationOptions
        {
            Environment = ExecutionEnvironment.Create(new Dictionary<string, string?>()),
            BackgroundCompletion = BackgroundCompletion.AfterResponse,
        });
        var lambda = new InvocationRunner(new InvocationOptions { Environment = ExecutionEnvironment.Create(
            new Dictionary<string, string?> { ["AWS_LAMBDA_RUNTIME_API"] = "127.0.0.1:9", ["_HANDLER"] = "A::B::C" }) });


        Assert.Null(new WarmHandler(laptop).FreezeGuard);
        Assert.Null(new WarmHandler(lambda).FreezeGuard);
    }

    private sealed record Order(int Id);

    private sealed class AnnotatedFunctions(WarmHandler warm)
    {
        public Task<string> AcceptAsync(Order order, ILambdaContext context) =>
            warm.RunAsync(order, context, static (order, _) => Task.FromResult($"accepted {order.Id}"));
    }
}
