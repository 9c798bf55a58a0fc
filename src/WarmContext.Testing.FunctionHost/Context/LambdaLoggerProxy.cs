using System.Globalization;
using System.Reflection;

namespace WarmContext.Testing.FunctionHost.Context;

/// <summary>The behaviour of an ILambdaLogger: lines on standard output, those with a level in Lambda's text format.</summary>
/// <param name="requestId">The invocation.</param>
public abstract class LambdaLoggerProxy(string requestId) : InterfaceProxy
{
    /// <summary>Which members with a default body are replaced: the one that all others with a level end in, Log(level, message).</summary>
    /// <param name="method">The member.</param>
    public static bool Overrides(MethodInfo method)
    {
        ArgumentNullException.ThrowIfNull(method);
        var parameters = method.GetParameters();
        return method.Name == "Log" && parameters.Length == 2 && parameters[0].ParameterType == typeof(string)
            && parameters[1].ParameterType == typeof(string);
    }

    /// <inheritdoc/>
    public override object? Invoke(string member, object?[] arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        Console.Out.WriteLine(arguments.Length == 1
            ? (string?)arguments[0]
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{DateTime.UtcNow:yyyy-MM-ddTHH:mm:ss.fffZ}\t{requestId}\t{ShortLevel((string?)arguments[0])}\t{arguments[1]}"));
        return null;
    }

    private static string? ShortLevel(string? level) => level switch
    {
        "Trace" => "trce",
        "Debug" => "dbug",
        "Information" => "info",
        "Warning" => "warn",
        "Error" => "fail",
        "Critical" => "crit",
        _ => level,
    };
}
