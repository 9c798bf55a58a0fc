using System.Reflection;
using WarmContext.Testing.FunctionHost.Core;

namespace WarmContext.Testing.FunctionHost.Context;

/// <summary>The behaviour of an ILambdaLogger: lines on standard output, in the format that the function's variables choose.</summary>
public abstract class LambdaLoggerProxy : InterfaceProxy
{
    /// <summary>
    /// Which members with a default body are replaced: those that all others end in, Log(level, …). The one with arguments would call
    /// itself.
    /// </summary>
    /// <param name="method">The member.</param>
    public static bool Overrides(MethodInfo method)
    {
        ArgumentNullException.ThrowIfNull(method);
        var parameters = method.GetParameters();
        return method.Name == "Log" && parameters.Length >= 2 && parameters[0].ParameterType == typeof(string);
    }

    /// <inheritdoc/>
    public override object? Invoke(string member, object?[] arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        switch (arguments)
        {
            case [var message] when member == "Log":
                Console.Out.Write((string?)message);
                break;
            case [var message]:
                FunctionLogger.Write("Information", null, (string?)message, []);
                break;
            case [var level, var message]:
                FunctionLogger.Write((string?)level, null, (string?)message, []);
                break;
            case [var level, var message, var values]:
                FunctionLogger.Write((string?)level, null, (string?)message, (object?[]?)values);
                break;
            case [var level, var exception, var message, var values]:
                FunctionLogger.Write((string?)level, (Exception?)exception, (string?)message, (object?[]?)values);
                break;
        }

        return null;
    }
}
