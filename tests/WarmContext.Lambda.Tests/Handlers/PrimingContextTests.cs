using System.Reflection;
using Amazon.Lambda.Core;
using WarmContext.Lambda.Handlers;
using WarmContext.TestSupport;

namespace WarmContext.Lambda.Tests.Handlers;

public sealed class PrimingContextTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly ExecutionEnvironment _environment;
    private readonly PrimingContext _context;

    public PrimingContextTests()
    {
        _environment = ExecutionEnvironment.Create(
            new Dictionary<string, string?> { ["AWS_LAMBDA_FUNCTION_NAME"] = "orders", ["AWS_LAMBDA_FUNCTION_VERSION"] = "7" }, _time);
        _context = new PrimingContext(_environment);
    }

    public static TheoryData<MethodInfo> LoggerMembers => [.. typeof(ILambdaLogger).GetMethods()];

    [Theory]
    [MemberData(nameof(LoggerMembers))]
    public void Every_member_of_the_logger_writes_and_returns(MethodInfo member)
    {
        ArgumentNullException.ThrowIfNull(member);
        var arguments = Array.ConvertAll(member.GetParameters(), static parameter => parameter.ParameterType switch
        {
            { } type when type == typeof(Exception) => new IOException("gone"),
            { } type when type == typeof(object[]) => new object[] { 7 },
            { } type when type == typeof(LogLevel) => LogLevel.Critical,
            _ => parameter.Name == "level" ? "Critical" : (object)"got {count}",
        });

        member.Invoke(_context.Logger, arguments);
    }

    [Fact]
    public void What_handlers_do_with_a_context_works()
    {
        using var limit = new CancellationTokenSource(_context.RemainingTime - TimeSpan.FromSeconds(1));
        Assert.True(DateTime.UtcNow + _context.RemainingTime > DateTime.MinValue);
        Assert.Equal(
            ["arn", "aws", "lambda", "us-east-1", "000000000000", "function", "orders", "7"], _context.InvokedFunctionArn.Split(':'));
        Assert.Null(_context.Identity.IdentityId);
        Assert.Null(_context.ClientContext.Custom);
        Assert.Equal(Guid.Empty, Guid.Parse(_context.AwsRequestId));
        Assert.StartsWith("Root=1-", ((ILambdaContext)_context).TraceId, StringComparison.Ordinal);
        Assert.Equal("/aws/lambda/orders", _context.LogGroupName);
        Assert.All(
            typeof(ILambdaContext).GetProperties().Where(static property => property.Name is not ("TenantId" or "Serializer")),
            property => Assert.NotNull(property.GetValue(_context)));
    }

    [Fact]
    public async Task Its_remaining_time_is_that_of_the_warm_up()
    {
        var primed = new TaskCompletionSource<ILambdaContext>(TaskCreationOptions.RunContinuationsAsynchronously);
        var end = new TaskCompletionSource();
        var options = new WarmUpOptions { Environment = _environment, Budget = TimeSpan.FromSeconds(2) };
        var running = new WarmUp(options).Prime("an order", _ =>
        {
            primed.SetResult(new PrimingContext(_environment));
            return end.Task;
        }).RunAsync();
        var context = await primed.Task;

        Assert.Equal(TimeSpan.FromSeconds(2), context.RemainingTime);
        _time.Advance(TimeSpan.FromSeconds(1.5));
        Assert.Equal(TimeSpan.FromSeconds(0.5), context.RemainingTime);
        Assert.Equal(TimeSpan.FromSeconds(9), _context.RemainingTime + TimeSpan.FromSeconds(1.5));
        end.SetResult();
        await running;
    }

    [Fact]
    public async Task A_handler_that_asks_for_a_response_stream_is_told_that_it_cannot_be_primed()
    {
        var warm = new WarmHandler(new InvocationOptions { Environment = _environment });

#pragma warning disable CA2252 // Response streaming is a preview.
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => warm.RunAsync(_context, static _ =>
        {
            using var stream = Amazon.Lambda.Core.ResponseStreaming.LambdaResponseStreamFactory.CreateStream();
            return Task.CompletedTask;
        }));
#pragma warning restore CA2252

        Assert.Contains("IsPriming", exception.Message, StringComparison.Ordinal);
        Assert.IsType<InvalidOperationException>(exception.InnerException);
    }
}
