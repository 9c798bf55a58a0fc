using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace WarmContext.DependencyInjection.Tests;

public sealed class AddWarmContextTests
{
    private readonly ExecutionEnvironment _environment = ExecutionEnvironment.Create(new Dictionary<string, string?>());

    [Fact]
    public async Task Scoped_services_see_the_invocation_they_run_in()
    {
        await using var provider = Services().AddWarmContext().BuildServiceProvider();
        var runner = provider.GetRequiredService<InvocationRunner>();

        var same = await runner.RunAsync(new InvocationInfo { RequestId = "r" }, provider, static async (provider, invocation) =>
        {
            await using var scope = provider.CreateAsyncScope();
            return ReferenceEquals(invocation, scope.ServiceProvider.GetRequiredService<Invocation>());
        });

        Assert.True(same);
        Assert.Same(_environment, runner.Environment);
    }

    [Fact]
    public void Configurations_add_up_and_bad_ones_are_refused_by_name()
    {
        using var provider = Services()
            .AddWarmContext(static options => options.DeadlineMargin = TimeSpan.FromSeconds(-1))
            .AddWarmContext(static options => options.RevalidationBudget = TimeSpan.FromSeconds(1))
            .BuildServiceProvider();

        var exception = Assert.Throws<ArgumentOutOfRangeException>(() => provider.GetRequiredService<InvocationRunner>());

        Assert.Contains("DeadlineMargin", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Log_entries_have_fields_and_the_logger_is_left_when_its_provider_ends()
    {
        using var logs = new CollectingLoggerProvider();
        var previous = WarmContextDiagnostics.Log;
        try
        {
            await using (var provider = Services().AddLogging(logging => logging.AddProvider(logs)).AddWarmContext().BuildServiceProvider())
            {
                _ = provider.GetRequiredService<InvocationRunner>();
                WarmContextDiagnostics.Write(
                    new WarmContextLogEntry(WarmContextLogLevel.Warning, 900, "Tried", "It was tried.", "r-1", null));
            }

            Assert.Equal(previous, WarmContextDiagnostics.Log);
        }
        finally
        {
            WarmContextDiagnostics.Log = previous;
        }

        Assert.Equal(
            [new("Text", "It was tried."), new("RequestId", "r-1"), new("{OriginalFormat}", "{Text} RequestId: {RequestId}")],
            Assert.IsType<IEnumerable<KeyValuePair<string, object?>>>(Assert.Single(logs.States), exactMatch: false));
    }

    [Fact]
    public async Task Log_entries_reach_the_logger_with_number_name_and_exception()
    {
        using var logs = new CollectingLoggerProvider();
        var previous = WarmContextDiagnostics.Log;
        try
        {
            await using var provider = Services().AddLogging(logging => logging.AddProvider(logs)).AddWarmContext().BuildServiceProvider();
            await provider.GetRequiredService<InvocationRunner>()
                .RunAsync(new InvocationInfo { RequestId = "r-1" }, 0, static (_, invocation) =>
            {
                invocation.Background.Run("audit", static _ => throw new IOException("gone"));
                return Task.FromResult(true);
            });
        }
        finally
        {
            WarmContextDiagnostics.Log = previous;
        }

        var (category, level, id, message, exception) = Assert.Single(logs.Entries);
        Assert.Equal(("WarmContext", LogLevel.Error, 1, "BackgroundTaskFailed"), (category, level, id.Id, id.Name));
        Assert.Contains("'audit'", message, StringComparison.Ordinal);
        Assert.Contains("r-1", message, StringComparison.Ordinal);
        Assert.IsType<IOException>(exception);
    }

    [Fact]
    public async Task Holders_are_made_from_other_services_and_disposed_with_the_provider()
    {
        Client client;
        await using (var provider = Services().AddSingleton("eu-central-1")
            .AddWarm(static services => new Client(services.GetRequiredService<string>())).BuildServiceProvider())
        {
            client = provider.GetRequiredService<Warm<Client>>().Value;
            Assert.Equal("eu-central-1", client.Region);
            Assert.Same(client, provider.GetRequiredService<Warm<Client>>().Value);
        }

        Assert.True(client.IsDisposed);
    }

    [Fact]
    public async Task Holders_can_be_made_asynchronously_and_configured()
    {
        await using var provider = Services().AddWarm(
            static async (services, token) =>
            {
                await Task.Yield();
                return new Client("async");
            },
            static options => options.Name = "the client").BuildServiceProvider();

        var holder = provider.GetRequiredService<Warm<Client>>();

        Assert.Equal("the client", holder.Name);
        Assert.Equal("async", (await holder.GetAsync()).Region);
    }

    [Fact]
    public async Task A_scope_lives_as_long_as_the_background_work_that_uses_it()
    {
        await using var provider = Services().AddWarmContext().AddScoped(static _ => new Client("scoped")).BuildServiceProvider();
        Client? client = null;
        var wasAlive = false;
        await provider.GetRequiredService<InvocationRunner>()
            .RunAsync(new InvocationInfo { RequestId = "r" }, provider, (provider, invocation) =>
        {
            var services = invocation.OpenScope(provider);
            client = services.GetRequiredService<Client>();
            Assert.Same(invocation, services.GetRequiredService<Invocation>());
            invocation.Background.Run("audit", async _ =>
            {
                await Task.Delay(20, CancellationToken.None);
                wasAlive = !client.IsDisposed;
            });
            return Task.FromResult(true);
        });

        Assert.True(wasAlive);
        Assert.True(client!.IsDisposed);
    }

    [Fact]
    public async Task A_scope_for_an_invocation_that_is_over_is_refused()
    {
        await using var provider = Services().AddWarmContext().BuildServiceProvider();
        var over = await provider.GetRequiredService<InvocationRunner>()
            .RunAsync(new InvocationInfo { RequestId = "r" }, 0, static (_, invocation) => Task.FromResult(invocation));

        Assert.Throws<InvalidOperationException>(() => over.OpenScope(provider));
    }

    private IServiceCollection Services() => new ServiceCollection().AddSingleton(_environment);

    private sealed class Client(string region) : IDisposable
    {
        public string Region => region;

        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }

    private sealed class CollectingLoggerProvider : ILoggerProvider
    {
        public System.Collections.Concurrent.ConcurrentQueue<(
            string Category, LogLevel Level, EventId Id, string Message, Exception? Exception)> Entries { get; } = new();

        public System.Collections.Concurrent.ConcurrentQueue<object?> States { get; } = new();

        public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

        public void Dispose()
        {
        }

        private sealed class Logger(CollectingLoggerProvider owner, string category) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(
                LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            {
                owner.Entries.Enqueue((category, logLevel, eventId, formatter(state, exception), exception));
                owner.States.Enqueue(state);
            }
        }
    }
}
