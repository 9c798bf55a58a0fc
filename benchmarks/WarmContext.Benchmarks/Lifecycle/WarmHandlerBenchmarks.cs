using Amazon.Lambda.Core;
using BenchmarkDotNet.Attributes;
using WarmContext.Lambda;

namespace WarmContext.Benchmarks.Lifecycle;

/// <summary>The same through WarmHandler, which reads the context. Goal: at most 1 microsecond with nothing to track.</summary>
[MemoryDiagnoser]
public class WarmHandlerBenchmarks
{
    private static readonly Task<string> s_answer = Task.FromResult("accepted");
    private readonly WarmHandler _warm = new(
        new InvocationOptions { Environment = ExecutionEnvironment.Create(new Dictionary<string, string?>()) });
    private readonly Context _context = new();
    private readonly Func<string, Invocation, Task<string>> _handler = static (_, _) => s_answer;

    [Benchmark(Baseline = true)]
    public async Task<string> HandlerAlone() => await _handler("order", null!).ConfigureAwait(false);

    [Benchmark]
    public Task<string> WarmHandler() => _warm.RunAsync("order", _context, _handler);

    private sealed class Context : ILambdaContext
    {
        private readonly DateTimeOffset _deadline = DateTimeOffset.UtcNow.AddHours(1);

        public string AwsRequestId => "8476a536-e9f4-11e8-9739-2dfe598c3fcd";

        public IClientContext ClientContext => null!;

        public string FunctionName => "orders";

        public string FunctionVersion => "$LATEST";

        public ICognitoIdentity Identity => null!;

        public string InvokedFunctionArn => "arn:aws:lambda:eu-central-1:123456789012:function:orders";

        public ILambdaLogger Logger => null!;

        public string LogGroupName => string.Empty;

        public string LogStreamName => string.Empty;

        public int MemoryLimitInMB => 512;

        public TimeSpan RemainingTime => _deadline - DateTimeOffset.UtcNow;
    }
}
