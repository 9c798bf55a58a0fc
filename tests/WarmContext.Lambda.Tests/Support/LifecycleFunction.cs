using System.Reflection;
using System.Text.Json;
using WarmContext.Testing;

namespace WarmContext.Lambda.Tests;

/// <summary>A function of LifecycleFunctions in an environment of its own, and its journal.</summary>
internal sealed class LifecycleFunction : IAsyncDisposable
{
    private readonly LocalExecutionEnvironment _lambda;

    private LifecycleFunction(LocalExecutionEnvironment lambda) => _lambda = lambda;

    public LocalExecutionEnvironment Environment => _lambda;

    public static Task<LifecycleFunction> StartAsync(
        string handler, BackgroundCompletion completion, TimeSpan? timeout = null, params (string Name, string Value)[] variables) =>
        StartAsync(handler, completion, options =>
        {
            options.Timeout = timeout ?? options.Timeout;
            foreach (var (name, value) in variables)
            {
                options.Environment[name] = value;
            }
        });

    public static async Task<LifecycleFunction> StartAsync(
        string handler, BackgroundCompletion completion, Action<LocalFunctionOptions> configure)
    {
        var options = new LocalFunctionOptions
        {
            Handler = handler,
            AssemblyDirectory = typeof(LifecycleFunction).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(
                static attribute => attribute.Key == "Function:LifecycleFunctions").Value!,
            InitTimeout = TimeSpan.FromSeconds(60),
            Timeout = TimeSpan.FromSeconds(30),
            Environment = { ["COMPLETION"] = completion.ToString() },
        };
        configure(options);
        return new LifecycleFunction(await LocalExecutionEnvironment.StartAsync(options));
    }

    public Task<InvocationOutcome> InvokeAsync(
        string kind, int milliseconds, int tasks = 1, bool throws = false, int handlerMilliseconds = 0, int invocations = 0) =>
        _lambda.InvokeAsync(JsonSerializer.Serialize(new
        {
            Kind = kind, Milliseconds = milliseconds, Tasks = tasks, Throws = throws, HandlerMilliseconds = handlerMilliseconds,
            Invocations = invocations,
        }));

    /// <summary>
    /// Tells "gated" work that its answer is here. Work that its answer waited for is never told in time, and says so in the journal.
    /// </summary>
    public void TellAnswered(string requestId) =>
        File.WriteAllText(Path.Combine(_lambda.TemporaryDirectory, "answered-" + requestId), string.Empty);

    /// <summary>The journal's lines, of four fields each, and a fifth for "gated" work: whether it was told.</summary>
    public string[][] Journal()
    {
        var path = Path.Combine(_lambda.TemporaryDirectory, "journal");
        return File.Exists(path) ? [.. File.ReadAllLines(path).Select(static line => line.Split(' '))] : [];
    }

    /// <summary>The lines of its log that have all of this.</summary>
    public string[] LogLines(params string[] parts) =>
        [.. _lambda.ReadLog().Where(line => parts.All(part => line.Contains(part, StringComparison.Ordinal)))];

    public ValueTask DisposeAsync() => _lambda.DisposeAsync();
}
