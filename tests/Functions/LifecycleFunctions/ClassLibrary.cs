using System.Reflection;
using System.Text.Json;
using Amazon.Lambda.Core;

namespace LifecycleFunctions;

/// <summary>Finds a handler by its name, and calls it with what the event says.</summary>
internal static class ClassLibrary
{
    public static Func<Stream, ILambdaContext, Task<Stream>> Load(string name)
    {
        var parts = name.Split("::");
        var type = Assembly.Load(parts[0]).GetType(parts[1], throwOnError: true)!;
        var method = type.GetMethod(parts[2])!;
        var input = method.GetParameters()[0].ParameterType;
        var instance = method.IsStatic ? null : Activator.CreateInstance(type);
        return (body, context) =>
        {
            var order = input == typeof(Stream) ? body : JsonSerializer.Deserialize(body, input);
            return (Task<Stream>)method.Invoke(instance, BindingFlags.DoNotWrapExceptions, null, [order, context], null)!;
        };
    }
}
