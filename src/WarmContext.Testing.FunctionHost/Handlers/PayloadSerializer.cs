using System.Reflection;
using System.Runtime.Loader;
using System.Text.Json;

namespace WarmContext.Testing.FunctionHost.Handlers;

/// <summary>
/// Turns payloads into inputs and outputs into payloads: with the function's LambdaSerializer where it names one, else System.Text.Json.
/// </summary>
internal sealed class PayloadSerializer
{
    private const string CoreAssembly = "Amazon.Lambda.Core";
    private const string AttributeName = "Amazon.Lambda.Core.LambdaSerializerAttribute";
    private const string InterfaceName = "Amazon.Lambda.Core.ILambdaSerializer";

    private readonly MethodInfo? _deserialize;
    private readonly MethodInfo? _serialize;
    private JsonSerializerOptions? _options;

    private PayloadSerializer(object? ofFunction, Type? contract)
    {
        OfFunction = ofFunction;
        _deserialize = contract?.GetMethod("Deserialize");
        _serialize = contract?.GetMethod("Serialize");
    }

    /// <summary>The function's own serializer; null when it names none.</summary>
    public object? OfFunction { get; }

    private JsonSerializerOptions Options => _options ??= new JsonSerializerOptions { PropertyNameCaseInsensitive = true };

    public static PayloadSerializer For(MethodInfo method, Assembly assembly)
    {
        var attribute = Find(method, assembly);
        if (attribute is null)
        {
            return new PayloadSerializer(null, null);
        }

        var type = (Type?)attribute.GetType().GetProperty("SerializerType")?.GetValue(attribute)
            ?? throw new LambdaValidationException("The LambdaSerializer attribute names no serializer type.");
        var contract = type.GetInterfaces().FirstOrDefault(static candidate => candidate.FullName == InterfaceName)
            ?? throw new LambdaValidationException($"The serializer '{type.FullName}' does not implement {InterfaceName}.");
        if (type.GetConstructor(Type.EmptyTypes) is null)
        {
            throw new LambdaValidationException($"The serializer '{type.FullName}' has no public constructor without parameters.");
        }

        return new PayloadSerializer(
            Activator.CreateInstance(
                type, BindingFlags.Instance | BindingFlags.Public | BindingFlags.DoNotWrapExceptions, null, null, null),
            contract);
    }

    public object? Deserialize(byte[] payload, Type type)
    {
        if (OfFunction is null)
        {
            return JsonSerializer.Deserialize(payload, type, Options);
        }

        using var stream = new MemoryStream(payload, writable: false);
        return Call(_deserialize!, type, stream);
    }

    public void Serialize(object? value, Type type, Stream output)
    {
        if (OfFunction is null)
        {
            JsonSerializer.Serialize(output, value, type, Options);
        }
        else
        {
            Call(_serialize!, type, value, output);
        }
    }

    private static Attribute? Find(MethodInfo method, Assembly assembly)
    {
        // Looked up by type, because reading all attributes to compare their names creates them, which takes milliseconds of Init.
        foreach (var reference in assembly.GetReferencedAssemblies())
        {
            if (reference.Name == CoreAssembly)
            {
                var core = AssemblyLoadContext.Default.LoadFromAssemblyName(reference);
                return (TypeTable.Find(core, AttributeName) ?? core.GetType(AttributeName)) is { } type
                    ? method.GetCustomAttribute(type, inherit: false) ?? assembly.GetCustomAttribute(type)
                    : null;
            }
        }

        return null;
    }

    // A cast of the generic method per call is what the reflection invoker caches; a handler has one input and one output type.
    private object? Call(MethodInfo method, Type type, params object?[] arguments) =>
        method.MakeGenericMethod(type).Invoke(OfFunction, BindingFlags.DoNotWrapExceptions, null, arguments, null);
}
