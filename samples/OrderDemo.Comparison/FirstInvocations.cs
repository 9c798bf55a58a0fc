using System.Globalization;
using Spectre.Console;
using WarmContext.LocalServices;
using WarmContext.Testing;

namespace OrderDemo;

/// <summary>
/// What warming up in Init takes off the first invocation: the same function with and without it, in turns, a new environment each time,
/// and each time Init and the first invocation are measured.
/// </summary>
public static class FirstInvocations
{
    public static async Task<FirstInvocationFigures> MeasureAsync(
        FunctionForm form, PrivatePostgres? server, int environments, TimeSpan s3Latency, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(form);
        string id = Guid.NewGuid().ToString("N")[..8];
        await using OrderDatabase database = await OrderDatabase.CreateAsync(server, $"orders_first_{id}", cancellationToken);
        await using OrderBucket bucket = await OrderBucket.CreateAsync($"orders-first-{id}", s3Latency, cancellationToken);
        var figures = new FirstInvocationFigures();
        for (int i = 0; i < environments; i++)
        {
            figures.Add(
                await InvokeAsync(form, database, bucket, warmUp: false, i, cancellationToken),
                await InvokeAsync(form, database, bucket, warmUp: true, i, cancellationToken));
        }

        return figures;
    }

    /// <summary>Measures and prints.</summary>
    /// <returns>0 when warming up takes at least four fifths off the first invocation, otherwise 1.</returns>
    public static async Task<int> RunAsync(
        IAnsiConsole console, FunctionForm form, int environments, TimeSpan s3Latency, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(console);
        await LocalS3.GetAsync(cancellationToken);
        await using PrivatePostgres? server = LocalPostgres.IsConfigured ? null : await PrivatePostgres.StartAsync(cancellationToken);
        FirstInvocationFigures figures = await MeasureAsync(form, server, environments, s3Latency, cancellationToken);
        console.Write(figures.ToTable());
        console.MarkupLineInterpolated(
            CultureInfo.InvariantCulture,
            $"The first invocation is {figures.Saved:P0} shorter (medians of {environments} environments each).");
        return figures.Saved >= 0.8 ? 0 : 1;
    }

    private static async Task<InvocationOutcome> InvokeAsync(
        FunctionForm form, OrderDatabase database, OrderBucket bucket, bool warmUp, int number, CancellationToken cancellationToken)
    {
        Dictionary<string, string> variables = FunctionVariables.For(database, bucket, TimeSpan.FromMinutes(1));
        variables["WARM_UP"] = warmUp ? "on" : "off";
        await using LocalExecutionEnvironment environment = await LocalExecutionEnvironment.StartAsync(
            new LocalFunctionOptions
            {
                Handler = form.Handler,
                AssemblyDirectory = form.Directory,
                FunctionName = "orders-first",
                MemoryMegabytes = 1769,
                Environment = variables,
            },
            cancellationToken);
        string order = string.Create(CultureInfo.InvariantCulture, $"{(warmUp ? "warm" : "cold")}-{number}");
        InvocationOutcome outcome = await environment.InvokeAsync(OrderEvents.Order(order, number), cancellationToken);
        return OrderEvents.Refusal(outcome) is { } refusal
            ? throw new InvalidOperationException($"The order was refused: {refusal}\n{string.Join('\n', environment.ReadLog())}")
            : outcome;
    }
}
