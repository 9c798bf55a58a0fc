#nullable disable
namespace Amazon.Lambda.Core;

// A runtime replaces the three fields by reflection, so they have the real package's names and can't be readonly. Without a runtime,
// messages aren't formatted, as in the real package.
#pragma warning disable IDE0044, IDE1006
public static partial class LambdaLogger
{
    private static Action<string> _loggingAction = static message => Console.WriteLine(message);
    private static Action<string, string, object[]> _loggingWithLevelAction = WriteUnformatted;
    private static Action<string, Exception, string, object[]> _loggingWithLevelAndExceptionAction = WriteUnformatted;

    public static void Log(string message) => _loggingAction(message);

    public static void Log(string level, string message, params object[] args) => _loggingWithLevelAction(level, message, args);

    public static void Log(LogLevel level, string message, params object[] args) => Log(level.ToString(), message, args);

    public static void Log(string level, Exception exception, string message, params object[] args) =>
        _loggingWithLevelAndExceptionAction(level, exception, message, args);

    public static void Log(LogLevel level, Exception exception, string message, params object[] args) =>
        Log(level.ToString(), exception, message, args);

    private static void WriteUnformatted(string level, string message, object[] args)
    {
        var listed = args is null || args.Length == 0
            ? string.Empty
            : " Arguments:" + string.Concat(args.Select(static argument => $" \"{argument}\""));
        Console.WriteLine($"{level}: {message}{listed}");
    }

    private static void WriteUnformatted(string level, Exception exception, string message, object[] args)
    {
        WriteUnformatted(level, message, args);
        Console.WriteLine(exception);
    }
}
