using System.Globalization;
using System.Reflection;

namespace WarmContext.Lambda.Tests.Contracts;

/// <summary>The public API of an assembly, in the form of the listings in eng/contracts: a type with its members on a line each.</summary>
internal static class ApiListing
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static
        | BindingFlags.DeclaredOnly;

    /// <summary>Every line with its type's before it, in no order: a listing's members stand as they were declared.</summary>
    public static SortedSet<string> Of(Assembly assembly) => new(
        assembly.GetExportedTypes().SelectMany(static type => Members(type).Select(member => $"{Header(type)} | {member}")),
        StringComparer.Ordinal);

    public static SortedSet<string> Read(string path)
    {
        var lines = new SortedSet<string>(StringComparer.Ordinal);
        var header = string.Empty;
        foreach (var line in File.ReadLines(path).Where(static line => line.Length > 0))
        {
            if (!line.StartsWith("  ", StringComparison.Ordinal))
            {
                header = line;
            }
            else
            {
                lines.Add($"{header} | {line.Trim()}");
            }
        }

        return lines;
    }

    private static string Header(Type type)
    {
        var kind = type switch
        {
            { IsInterface: true } => "interface",
            { IsEnum: true } => "enum",
            { IsAbstract: true, IsSealed: true } => "static class",
            { IsSealed: true } => "sealed class",
            _ => "class",
        };
        var parent = type.BaseType is { } other && other != typeof(object) && other != typeof(Enum) ? $" : {other.Name}" : string.Empty;
        return $"{kind} {type.FullName}{parent}";
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
        {
            return Enum.GetNames(type).Select(name => $"{name} = {Convert.ToInt32(Enum.Parse(type, name), CultureInfo.InvariantCulture)}");
        }

        return type.GetConstructors(Declared).Where(static constructor => constructor.IsPublic).Select(Constructor)
            .Concat(type.GetProperties(Declared).Where(IsPublic).Select(Property))
            .Concat(type.GetMethods(Declared).Where(static method => method.IsPublic && !method.IsSpecialName).Select(Method));
    }

    private static bool IsPublic(PropertyInfo property) => property.GetAccessors().Length > 0;

    private static string Constructor(ConstructorInfo constructor) => $"new({Parameters(constructor)})";

    private static string Property(PropertyInfo property)
    {
        var accessor = property.GetAccessors()[0];
        var set = property.GetSetMethod() is null ? string.Empty : " set;";
        return $"{Static(accessor)}{Name(property.PropertyType)} {property.Name} {{ get;{set} }}{Body(accessor)}";
    }

    private static string Method(MethodInfo method)
    {
        var generic = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : string.Empty;
        return $"{Static(method)}{Name(method.ReturnType)} {method.Name}{generic}({Parameters(method)}){Body(method)}";
    }

    private static string Static(MethodInfo method) => method.IsStatic ? "static " : string.Empty;

    private static string Body(MethodInfo method) =>
        method.DeclaringType!.IsInterface && !method.IsAbstract ? "   [has a default body]" : string.Empty;

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(static parameter =>
        (parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params " : string.Empty)
            + $"{Name(parameter.ParameterType)} {parameter.Name}"));

    private static string Name(Type type) => !type.IsGenericType ? type.Name
        : $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>";
}
