using WarmContext.Shared.RuntimeLog;

namespace WarmContext.Testing.FunctionHost.Core;

/// <summary>Where the loggers of Amazon.Lambda.Core end: standard output, in the format that the function's variables choose.</summary>
internal static class FunctionLogger
{
    private static readonly RuntimeLogFormat s_format = new(Environment.GetEnvironmentVariable);

    public static void Write(string? level, Exception? exception, string? message, object?[]? arguments)
    {
        var headers = RunningInvocation.Current?.Headers;
        var line = s_format.Write(new RuntimeLogEntry
        {
            Level = level,
            Message = message,
            Arguments = arguments,
            Exception = exception,
            RequestId = headers?.RequestId,
            TenantId = headers?.TenantId,
            TraceId = headers?.TraceId,
            Time = DateTimeOffset.UtcNow,
        });
        if (line is not null)
        {
            Console.Out.WriteLine(line);
        }
    }
}
