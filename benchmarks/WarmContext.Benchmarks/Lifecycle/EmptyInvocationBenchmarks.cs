using BenchmarkDotNet.Attributes;

namespace WarmContext.Benchmarks.Lifecycle;

/// <summary>What does an invocation cost that tracks nothing? Goal: at most 1 microsecond.</summary>
[MemoryDiagnoser]
public class EmptyInvocationBenchmarks
{
    private static readonly InvocationInfo s_info = new() { RequestId = "8476a536-e9f4-11e8-9739-2dfe598c3fcd" };
    private static readonly Task<bool> s_answer = Task.FromResult(true);
    private readonly InvocationRunner _runner = new(
        new InvocationOptions { Environment = ExecutionEnvironment.Create(new Dictionary<string, string?>()) });
    private readonly InvocationRunner _afterResponse = new(new InvocationOptions
    {
        Environment = ExecutionEnvironment.Create(new Dictionary<string, string?>()),
        BackgroundCompletion = BackgroundCompletion.AfterResponse,
    });

    private readonly Func<int, Invocation, Task<bool>> _handler = static (_, _) => s_answer;

    [Benchmark(Baseline = true)]
    public async Task<bool> HandlerAlone() => await _handler(0, null!).ConfigureAwait(false);

    [Benchmark]
    public Task<bool> BeforeReturn() => _runner.RunAsync(s_info, 0, _handler);

    [Benchmark]
    public Task<bool> AfterResponse() => _afterResponse.RunAsync(s_info, 0, _handler);
}
