using System.Reflection;
using Amazon.Lambda.Core;
using WarmContext.Shared.RuntimeLog;

namespace WarmContext.Lambda.Diagnostics;

/// <summary>
/// Logs as Lambda's runtime does: through <see cref="LambdaLogger"/> once the runtime has connected it, so that levels and fields survive;
/// before that in the runtime's own format. Safe to use from several threads at once.
/// </summary>
internal static class RuntimeLogger
{
    private static readonly Lazy<RuntimeLogFormat> s_format = new(static () => new RuntimeLogFormat(Environment.GetEnvironmentVariable));
    private static bool s_isConnected;

    /// <summary>True once a runtime writes what <see cref="LambdaLogger"/> is given.</summary>
    /// <remarks>
    /// Implementation note: a runtime replaces the logger's private delegate by one of an object of its own; the delegate that the package
    /// starts with has no such object, and doesn't format. An executable's runtime comes after what Main does before it.
    /// </remarks>
    public static bool IsConnected
    {
        get
        {
            if (!s_isConnected)
            {
                var action = typeof(LambdaLogger)
                    .GetField("_loggingWithLevelAction", BindingFlags.NonPublic | BindingFlags.Static)?.GetValue(null) as Delegate;
                s_isConnected = action?.Target is { } target && target.GetType().Assembly != typeof(LambdaLogger).Assembly;
            }

            return s_isConnected;
        }
    }

    /// <summary>Writes a message with its arguments.</summary>
    public static void Write(string? level, Exception? exception, string? message, object?[]? arguments)
    {
        if (!IsConnected)
        {
            WriteLine(Console.Out, level, exception, message, arguments);
        }
        else if (exception is null)
        {
            LambdaLogger.Log(level!, message!, arguments!);
        }
        else
        {
            LambdaLogger.Log(level!, exception, message!, arguments!);
        }
    }

    /// <summary>
    /// Sends the entries of WarmContext's log this way, unless somebody has set another sink. Standard error, where they go otherwise, has
    /// no levels: Lambda's runtime logs all of it as errors.
    /// </summary>
    public static void ConnectLog(ExecutionEnvironment environment)
    {
        if (environment.RuntimeApi is not null && WarmContextDiagnostics.Log == WarmContextDiagnostics.WriteToStandardError)
        {
            WarmContextDiagnostics.Log = Write;
        }
    }

    /// <summary>
    /// Writes an entry of WarmContext's log. Its number, its name and its text are fields of a structured log. Where nobody has chosen a
    /// level, what is below a warning is dropped.
    /// </summary>
    internal static void Write(WarmContextLogEntry entry)
    {
        if (entry.Level == WarmContextLogLevel.Information && !s_format.Value.HasLevel)
        {
            return;
        }

        if (!IsConnected && !s_format.Value.IsJson)
        {
            WarmContextDiagnostics.WriteToStandardError(entry);
            return;
        }

        var level = entry.Level.ToString();
        var message = entry.RequestId is null
            ? "WarmContext {eventId} {eventName}: {text}"
            : "WarmContext {eventId} {eventName}: {text} RequestId: {invocation}";
        object?[] arguments = entry.RequestId is null
            ? [entry.EventId, entry.EventName, entry.Message]
            : [entry.EventId, entry.EventName, entry.Message, entry.RequestId];
        if (IsConnected)
        {
            Write(level, entry.Exception, message, arguments);
        }
        else
        {
            WriteLine(Console.Error, level, entry.Exception, message, arguments);
        }
    }

    private static void WriteLine(TextWriter writer, string? level, Exception? exception, string? message, object?[]? arguments)
    {
        var line = s_format.Value.Write(new RuntimeLogEntry
        {
            Level = level,
            Exception = exception,
            Message = message,
            Arguments = arguments,
            Time = TimeProvider.System.GetUtcNow(),
        });
        if (line is not null)
        {
            writer.WriteLine(line);
        }
    }
}
