using System.Reflection;
using System.Runtime.CompilerServices;

namespace WarmContext.Testing.FunctionHost.Handlers;

/// <summary>What Lambda asks of a handler's type and method.</summary>
internal static class HandlerShape
{
    public const string ContextTypeName = "Amazon.Lambda.Core.ILambdaContext";

    public static void Check(Type type, MethodInfo method)
    {
        var problem = ProblemOf(type, method);
        if (problem is not null)
        {
            throw new LambdaValidationException($"The handler method '{method}' of '{type.FullName}' can't be run: {problem}");
        }
    }

    private static string? ProblemOf(Type type, MethodInfo method)
    {
        var parameters = method.GetParameters();
        if (type.IsGenericType)
        {
            return "its type is generic. Give it a type that isn't.";
        }

        if (method.IsAbstract || (!method.IsStatic && type.IsAbstract))
        {
            return "it or its type is abstract. Name a type that can be created.";
        }

        if (method.IsGenericMethod)
        {
            return "it is generic. Give it a method that isn't.";
        }

        if (method.ReturnType == typeof(void) && method.IsDefined(typeof(AsyncStateMachineAttribute)))
        {
            return "it is 'async void', so nothing can tell when it is done. Return a Task.";
        }

        if (parameters.Length > 2)
        {
            return $"it has {parameters.Length} parameters. Allowed are none, the input, the ILambdaContext, or the input and then the " +
                "ILambdaContext.";
        }

        if (parameters.Length == 2 && parameters[1].ParameterType.FullName != ContextTypeName)
        {
            return $"its second parameter is a {parameters[1].ParameterType}. It must be an {ContextTypeName}.";
        }

        foreach (var parameter in parameters)
        {
            if (parameter.ParameterType.IsByRef || (parameter.ParameterType.IsArray && parameter.IsDefined(typeof(ParamArrayAttribute))))
            {
                return "it has a ref, out or params parameter. Use a plain one.";
            }
        }

        return null;
    }
}
