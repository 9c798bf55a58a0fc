using System.Globalization;

namespace WarmContext.Testing.FunctionHost.Api;

/// <summary>
/// The environment variables that Lambda sets, read once at start so that a handler that changes them changes nothing here.
/// </summary>
internal sealed class FunctionVariables
{
    public required string RuntimeApi { get; init; }

    public required string Handler { get; init; }

    public required string TaskRoot { get; init; }

    public required string FunctionName { get; init; }

    public required string FunctionVersion { get; init; }

    public required string LogGroupName { get; init; }

    public required string LogStreamName { get; init; }

    public required int MemoryMegabytes { get; init; }

    /// <summary>How many invocations are asked for at once: AWS_LAMBDA_MAX_CONCURRENCY on Managed Instances, 1 elsewhere.</summary>
    public required int ConcurrentLoops { get; init; }

    /// <summary>
    /// AWS_LAMBDA_DOTNET_MIN_THREADS, the minimum of the thread pool where several invocations run at once; 0 where it isn't set.
    /// </summary>
    public required int MinThreads { get; init; }

    public required bool IsSnapStart { get; init; }

    public static FunctionVariables FromEnvironment() => new()
    {
        RuntimeApi = Text("AWS_LAMBDA_RUNTIME_API"),
        Handler = Text("_HANDLER"),
        TaskRoot = Text("LAMBDA_TASK_ROOT"),
        FunctionName = Text("AWS_LAMBDA_FUNCTION_NAME"),
        FunctionVersion = Text("AWS_LAMBDA_FUNCTION_VERSION"),
        LogGroupName = Text("AWS_LAMBDA_LOG_GROUP_NAME"),
        LogStreamName = Text("AWS_LAMBDA_LOG_STREAM_NAME"),
        MemoryMegabytes = Number("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", 0),
        IsSnapStart = Text("AWS_LAMBDA_INITIALIZATION_TYPE") == "snap-start",
        MinThreads = Number("AWS_LAMBDA_DOTNET_MIN_THREADS", 0),
        ConcurrentLoops = Math.Max(1, Number("AWS_LAMBDA_MAX_CONCURRENCY", 1)),
    };

    private static string Text(string name) => Environment.GetEnvironmentVariable(name) ?? string.Empty;

    private static int Number(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : otherwise;
}
