using OrderDemo;
using WarmContext.LocalServices;
using WarmContext.Testing;

namespace OrderFunction.Tests;

/// <summary>A database server that tests may stop, and for each test a database, a bucket and environments of the warm form.</summary>
public sealed class OrderLab : IAsyncLifetime
{
    /// <summary>The function's timeout: an error must come before it.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(6);

    private PrivatePostgres? _server;

    public PrivatePostgres Server => _server ?? throw new InvalidOperationException("The server isn't started.");

    public async Task InitializeAsync() => _server = await PrivatePostgres.StartAsync();

    public async Task DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    public Task<OrderDatabase> DatabaseAsync() => OrderDatabase.CreateAsync(Server, "orders_" + NewId(), CancellationToken.None);

    public static Task<OrderBucket> BucketAsync() => OrderBucket.CreateAsync("orders-" + NewId(), TimeSpan.Zero, CancellationToken.None);

    public static string NewId() => Guid.NewGuid().ToString("N")[..10];

    /// <summary>Starts the warm form, with some of its variables changed; a value of null removes one.</summary>
    public static Task<LocalExecutionEnvironment> StartAsync(
        OrderDatabase database, OrderBucket bucket, params (string Name, string? Value)[] changes)
    {
        Dictionary<string, string> variables = FunctionVariables.For(database, bucket, TimeSpan.FromMinutes(1));
        foreach ((string name, string? value) in changes)
        {
            variables.Remove(name);
            if (value is not null)
            {
                variables[name] = value;
            }
        }

        return LocalExecutionEnvironment.StartAsync(new LocalFunctionOptions
        {
            Handler = FunctionForm.Warm.Handler,
            AssemblyDirectory = FunctionForm.Warm.Directory,
            FunctionName = "orders",
            Timeout = Timeout,
            Environment = variables,
        });
    }

    /// <summary>
    /// Waits until a connection no longer counts as just used, for which one second is the limit (WarmNpgsqlOptions.FreshFor).
    /// </summary>
    public static Task WaitUntilStaleAsync() => Task.Delay(TimeSpan.FromSeconds(1.2));

    /// <summary>Sends an order that must fail, in time, with an error that names all the given things.</summary>
    public static async Task AssertFailsAsync(LocalExecutionEnvironment environment, params string[] named)
    {
        InvocationOutcome outcome = await environment.InvokeAsync(OrderEvents.Order("order-" + NewId(), 1));
        Assert.False(outcome.IsTimedOut, "The invocation was killed at its deadline instead of saying what is wrong.");
        Assert.NotNull(outcome.Error);

        // The client sees the error; whoever mends it, the log.
        string said = string.Join('\n', [outcome.Error.Message, outcome.PayloadText, .. outcome.Log]);
        Assert.All(named, name => Assert.Contains(name, said, StringComparison.Ordinal));
        await environment.WaitUntilFrozenAsync();
    }

    public static async Task AssertWorksAsync(LocalExecutionEnvironment environment)
    {
        InvocationOutcome outcome = await environment.InvokeAsync(OrderEvents.Order("order-" + NewId(), 1));
        Assert.Null(OrderEvents.Refusal(outcome));
        await environment.WaitUntilFrozenAsync();
    }
}
