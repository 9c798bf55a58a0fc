using System.Reflection;

namespace WarmContext.TestSupport;

/// <summary>Types as C# writes them, nullable annotations included.</summary>
internal static class TypeNames
{
    private static readonly NullabilityInfoContext s_nullability = new();

    public static string Of(ParameterInfo parameter) => Of(parameter.ParameterType, Read(context => context.Create(parameter)));

    public static string Of(PropertyInfo property) => Of(property.PropertyType, Read(context => context.Create(property)));

    public static string Of(Type type) => Of(type, null);

    private static NullabilityInfo Read(Func<NullabilityInfoContext, NullabilityInfo> read)
    {
        // The context caches and is not safe for several threads.
        lock (s_nullability)
        {
            return read(s_nullability);
        }
    }

    private static string Of(Type type, NullabilityInfo? nullability)
    {
        if (type.IsByRef)
        {
            return Of(type.GetElementType()!, nullability?.ElementType);
        }

        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Of(underlying, null) + "?";
        }

        var mark = nullability is { ReadState: NullabilityState.Nullable } && !type.IsValueType && !type.IsGenericParameter ? "?" : string.Empty;
        if (type.IsArray)
        {
            return Of(type.GetElementType()!, nullability?.ElementType) + "[]" + mark;
        }

        return (type.IsGenericType ? Generic(type, nullability) : Simple(type)) + mark;
    }

    private static string Generic(Type type, NullabilityInfo? nullability)
    {
        var arguments = type.GetGenericArguments();
        var names = arguments.Select((argument, index) => Of(argument, nullability?.GenericTypeArguments.ElementAtOrDefault(index)));
        var tick = type.Name.IndexOf('`', StringComparison.Ordinal);
        return (tick < 0 ? type.Name : type.Name[..tick]) + "<" + string.Join(", ", names) + ">";
    }

    private static string Simple(Type type) => type.FullName switch
    {
        "System.Void" => "void",
        "System.Object" => "object",
        "System.String" => "string",
        "System.Boolean" => "bool",
        "System.Int32" => "int",
        "System.Int64" => "long",
        "System.Double" => "double",
        "System.Byte" => "byte",
        _ => type.Name,
    };
}
