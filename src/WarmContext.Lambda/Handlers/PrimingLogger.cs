using Amazon.Lambda.Core;
using WarmContext.Lambda.Diagnostics;

namespace WarmContext.Lambda.Handlers;

/// <summary>
/// The logger of a priming run. It has every member that the others' default bodies end in: one of those calls itself.
/// </summary>
internal sealed class PrimingLogger : ILambdaLogger
{
    public static PrimingLogger Instance { get; } = new();

    public void Log(string message) => Console.Write(message);

    public void LogLine(string message) => RuntimeLogger.Write(nameof(LogLevel.Information), null, message, []);

    public void Log(string level, string message) => RuntimeLogger.Write(level, null, message, []);

    public void Log(string level, string message, params object[] args) => RuntimeLogger.Write(level, null, message, args);

    public void Log(string level, Exception exception, string message, params object[] args) =>
        RuntimeLogger.Write(level, exception, message, args);
}
