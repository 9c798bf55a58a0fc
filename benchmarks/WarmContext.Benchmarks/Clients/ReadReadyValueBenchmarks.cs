using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.DependencyInjection;

namespace WarmContext.Benchmarks.Clients;

/// <summary>
/// What does reading a held value cost, once it is there? The way every guide shows, a static readonly field, is the baseline.
/// </summary>
[MemoryDiagnoser]
public class ReadReadyValueBenchmarks
{
    private static readonly Client s_field = new();
    private static readonly Lazy<Client> s_lazy = new(static () => new Client());
    private static readonly Warm<Client> s_warm = new(static () => new Client());
    private static readonly AsyncLazy<Client> s_asyncLazy = new(static () => Task.FromResult(new Client()));
    private static readonly ServiceProvider s_services = new ServiceCollection().AddSingleton<Client>().BuildServiceProvider();
    private static readonly object s_gate = new();
    private static Client? s_locked;
    private Client _instanceField = new();

    [GlobalSetup]
    public void Setup()
    {
        _instanceField = s_field;
        _ = s_lazy.Value;
        _ = s_warm.Value;
        _ = s_asyncLazy.Value.Result;
        _ = s_services.GetRequiredService<Client>();
        _ = DoubleCheckedLock();
    }

    [Benchmark(Baseline = true)]
    public int StaticReadonlyField() => s_field.Number;

    [Benchmark]
    public int InstanceField() => _instanceField.Number;

    [Benchmark]
    public int LazyValue() => s_lazy.Value.Number;

    [Benchmark]
    public int DoubleCheckedLock()
    {
        var client = Volatile.Read(ref s_locked);
        if (client is null)
        {
            lock (s_gate)
            {
                client = s_locked ??= new Client();
            }
        }

        return client.Number;
    }

    [Benchmark]
    public async ValueTask<int> AsyncLazyValue() => (await s_asyncLazy.Value.ConfigureAwait(false)).Number;

    [Benchmark]
    public int ServiceProviderSingleton() => s_services.GetRequiredService<Client>().Number;

    [Benchmark]
    public int WarmValue() => s_warm.Value.Number;

    [Benchmark]
    public async ValueTask<int> WarmGetAsync() => (await s_warm.GetAsync().ConfigureAwait(false)).Number;

    private sealed class Client
    {
        public int Number { get; } = Environment.ProcessId;
    }
}
