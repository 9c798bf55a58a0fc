using System.Text;
using Amazon.Lambda.Core;

namespace TestFunctions;

/// <summary>What a function does with the loggers, the response stream and the trace id of Amazon.Lambda.Core.</summary>
public sealed class Loggers
{
    /// <summary>Calls the member of the context's logger, or of LambdaLogger, that the event names.</summary>
    public static string Log(Stream input, ILambdaContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        using var reader = new StreamReader(input);
        var logger = context.Logger;
        switch (reader.ReadToEnd().Trim('"'))
        {
            case "context":
                logger.LogInformation("got {count} of {kind}", 7, "orders");
                logger.LogError(new IOException("disk full"), "lost {name}", "a.txt");
                logger.Log(LogLevel.Warning, "plain");
                logger.LogDebug("hidden {count}", 1);
                logger.LogLine("line");
                break;
            default:
                LambdaLogger.Log(LogLevel.Warning, "x {a}", 1);
                LambdaLogger.Log("Error", new IOException("disk full"), "y {b:000}", 2);
                LambdaLogger.Log("bare");
                break;
        }

        return "done";
    }

    /// <summary>Streams a response, and throws after it where the event says so.</summary>
#pragma warning disable CA2252 // Response streaming is a preview.
    public static async Task StreamAsync(Stream input, ILambdaContext context)
    {
        using var reader = new StreamReader(input);
        var text = await reader.ReadToEndAsync();
        await using var stream = text.Contains("http", StringComparison.Ordinal)
            ? Amazon.Lambda.Core.ResponseStreaming.LambdaResponseStreamFactory.CreateHttpStream(
                new() { StatusCode = System.Net.HttpStatusCode.Created, Cookies = ["a=b"] })
            : Amazon.Lambda.Core.ResponseStreaming.LambdaResponseStreamFactory.CreateStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes("one "));
        await stream.WriteAsync(Encoding.UTF8.GetBytes("two"));
        if (text.Contains("throw", StringComparison.Ordinal))
        {
            throw new InvalidOperationException("halfway");
        }
    }
#pragma warning restore CA2252

    /// <summary>Answers whether the trace id is the invocation's own after a wait, and whether this is a thread of the pool.</summary>
    public static async Task<string> TraceAsync(ILambdaContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var isPoolThread = Thread.CurrentThread.IsThreadPoolThread;
        await Task.Delay(20);
        return LambdaTraceProvider.CurrentTraceId == context.TraceId && isPoolThread ? "own" : $"{LambdaTraceProvider.CurrentTraceId}";
    }

    /// <summary>Returns no stream.</summary>
    public static Stream? Null() => null;
}
