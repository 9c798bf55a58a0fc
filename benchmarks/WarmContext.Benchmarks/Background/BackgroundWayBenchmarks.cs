using BenchmarkDotNet.Attributes;

namespace WarmContext.Benchmarks.Background;

/// <summary>
/// An invocation has two pieces of work of 1 ms that the answer doesn't need: how long does its caller wait?
/// Awaited inline is what most handlers do.
/// </summary>
[MemoryDiagnoser]
public class BackgroundWayBenchmarks
{
    private static readonly TimeSpan s_work = TimeSpan.FromMilliseconds(1);
    private static readonly InvocationInfo s_info = new() { RequestId = "8476a536-e9f4-11e8-9739-2dfe598c3fcd" };
    private readonly InvocationRunner _before = new(
        new InvocationOptions { Environment = ExecutionEnvironment.Create(new Dictionary<string, string?>()) });
    private readonly InvocationRunner _after = new(new InvocationOptions
    {
        Environment = ExecutionEnvironment.Create(new Dictionary<string, string?>()),
        BackgroundCompletion = BackgroundCompletion.AfterResponse,
        FreezeGuard = new HoldingGuard(),
    });

    [Benchmark(Baseline = true)]
    public async Task<bool> AwaitedInline()
    {
        await Task.Delay(s_work).ConfigureAwait(false);
        await Task.Delay(s_work).ConfigureAwait(false);
        return true;
    }

    [Benchmark]
    public async Task<bool> WhenAll()
    {
        await Task.WhenAll(Task.Delay(s_work), Task.Delay(s_work)).ConfigureAwait(false);
        return true;
    }

    [Benchmark]
    public bool FireAndForget()
    {
        _ = Task.Delay(s_work);
        _ = Task.Delay(s_work);
        return true;
    }

    [Benchmark]
    public Task<bool> BeforeReturn() => _before.RunAsync(s_info, 0, Handle);

    [Benchmark]
    public Task<bool> AfterResponse() => _after.RunAsync(s_info, 0, Handle);

    private static Task<bool> Handle(int state, Invocation invocation)
    {
        invocation.Background.Run("first", static token => Task.Delay(s_work, token));
        invocation.Background.Run("second", static token => Task.Delay(s_work, token));
        return Task.FromResult(true);
    }

    /// <summary>Stands for what holds the freeze back on Lambda: here nobody freezes anything.</summary>
    private sealed class HoldingGuard : IFreezeGuard
    {
        public void Begun(Invocation invocation)
        {
        }

        public ValueTask<bool> TryHoldAsync(Invocation invocation, Task work) => ValueTask.FromResult(true);

        public void Ended(Invocation invocation)
        {
        }
    }
}
