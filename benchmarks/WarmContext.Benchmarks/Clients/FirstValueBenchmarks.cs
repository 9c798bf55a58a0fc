using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.DependencyInjection;

namespace WarmContext.Benchmarks.Clients;

/// <summary>What does making a holder and its first value cost? Once per environment, so a microsecond is nothing.</summary>
[MemoryDiagnoser]
public class FirstValueBenchmarks
{
    private readonly object _gate = new();
    private Client? _locked;

    [Benchmark(Baseline = true)]
    public object LazyValue() => new Lazy<Client>(static () => new Client()).Value;

    [Benchmark]
    public object DoubleCheckedLock()
    {
        Volatile.Write(ref _locked, null);
        var client = Volatile.Read(ref _locked);
        if (client is null)
        {
            lock (_gate)
            {
                client = _locked ??= new Client();
            }
        }

        return client;
    }

    [Benchmark]
    public async Task<object> AsyncLazyValue() =>
        await new AsyncLazy<Client>(static () => Task.FromResult(new Client())).Value.ConfigureAwait(false);

    [Benchmark]
    public object ServiceProviderSingleton()
    {
        using var services = new ServiceCollection().AddSingleton<Client>().BuildServiceProvider();
        return services.GetRequiredService<Client>();
    }

    [Benchmark]
    public object WarmValue() => new Warm<Client>(static () => new Client()).Value;

    private sealed class Client;
}
