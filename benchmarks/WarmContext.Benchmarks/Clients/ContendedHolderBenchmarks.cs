using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.DependencyInjection;

namespace WarmContext.Benchmarks.Clients;

/// <summary>
/// What does it cost when 32 callers ask at once for a value that takes a moment to be made, as on a Managed Instance that has just
/// started? All of them are tasks; holders that block keep a thread of the pool each.
/// </summary>
[MemoryDiagnoser]
public class ContendedHolderBenchmarks
{
    private const int Callers = 32;

    private readonly Task[] _callers = new Task[Callers];

    // Enough threads for those that block: otherwise the pool's slow growth would be all that is measured.
    [GlobalSetup]
    public void Setup() => ThreadPool.SetMinThreads(Callers + 8, 8);

    [Benchmark(Baseline = true)]
    public Task LazyValue()
    {
        var lazy = new Lazy<Client>(static () => Client.Make());
        return AskAsync(() => lazy.Value);
    }

    [Benchmark]
    public Task DoubleCheckedLock()
    {
        var gate = new object();
        Client? held = null;
        return AskAsync(() =>
        {
            var client = Volatile.Read(ref held);
            if (client is null)
            {
                lock (gate)
                {
                    client = held ??= Client.Make();
                }
            }

            return client;
        });
    }

    [Benchmark]
    public Task AsyncLazyValue()
    {
        var lazy = new AsyncLazy<Client>(static () => Task.FromResult(Client.Make()));
        return AskAsync(async () => await lazy.Value.ConfigureAwait(false));
    }

    [Benchmark]
    public async Task ServiceProviderSingleton()
    {
        var services = new ServiceCollection().AddSingleton(static _ => Client.Make()).BuildServiceProvider();
        await using (services.ConfigureAwait(false))
        {
            await AskAsync(() => services.GetRequiredService<Client>()).ConfigureAwait(false);
        }
    }

    [Benchmark]
    public Task WarmGetAsync()
    {
        var warm = new Warm<Client>(static () => Client.Make());
        return AskAsync(async () => await warm.GetAsync().ConfigureAwait(false));
    }

    private Task AskAsync(Func<Client> ask)
    {
        for (var i = 0; i < Callers; i++)
        {
            _callers[i] = Task.Run(ask);
        }

        return Task.WhenAll(_callers);
    }

    private Task AskAsync(Func<Task<Client>> ask)
    {
        for (var i = 0; i < Callers; i++)
        {
            _callers[i] = Task.Run(ask);
        }

        return Task.WhenAll(_callers);
    }

    internal sealed class Client
    {
        public static Client Make()
        {
            Thread.SpinWait(2_000);
            return new Client();
        }
    }
}
