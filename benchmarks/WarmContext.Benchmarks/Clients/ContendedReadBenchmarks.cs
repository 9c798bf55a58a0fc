using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.DependencyInjection;

namespace WarmContext.Benchmarks.Clients;

/// <summary>What does reading a held value cost when 32 callers read it at once, each many times? Per read; the cores are shared.</summary>
public class ContendedReadBenchmarks
{
    private const int Callers = 32;
    private const int Reads = 10_000;

    private static readonly Client s_field = new();
    private static readonly Lazy<Client> s_lazy = new(static () => new Client());
    private static readonly AsyncLazy<Client> s_asyncLazy = new(static () => Task.FromResult(new Client()));
    private static readonly ServiceProvider s_services = new ServiceCollection().AddSingleton<Client>().BuildServiceProvider();
    private static readonly Warm<Client> s_warm = new(static () => new Client());
    private static readonly object s_gate = new();
    private static Client? s_locked;

    [Benchmark(Baseline = true, OperationsPerInvoke = Callers * Reads)]
    public int StaticReadonlyField() => Read(static () => s_field);

    [Benchmark(OperationsPerInvoke = Callers * Reads)]
    public int LazyValue() => Read(static () => s_lazy.Value);

    [Benchmark(OperationsPerInvoke = Callers * Reads)]
    public int DoubleCheckedLock() => Read(static () =>
    {
        var client = Volatile.Read(ref s_locked);
        if (client is null)
        {
            lock (s_gate)
            {
                client = s_locked ??= new Client();
            }
        }

        return client;
    });

    [Benchmark(OperationsPerInvoke = Callers * Reads)]
    public int AsyncLazyValue() => Read(static () => s_asyncLazy.Value.GetAwaiter().GetResult());

    [Benchmark(OperationsPerInvoke = Callers * Reads)]
    public int ServiceProviderSingleton() => Read(static () => s_services.GetRequiredService<Client>());

    [Benchmark(OperationsPerInvoke = Callers * Reads)]
    public int WarmValue() => Read(static () => s_warm.Value);

    // The delegate's call is in every figure alike.
    private static int Read(Func<Client> read)
    {
        var sum = 0;
        Parallel.For(0, Callers, _ =>
        {
            var own = 0;
            for (var i = 0; i < Reads; i++)
            {
                own += read().Number;
            }

            Interlocked.Add(ref sum, own);
        });
        return sum;
    }

    private sealed class Client
    {
        public int Number { get; } = Environment.ProcessId;
    }
}
