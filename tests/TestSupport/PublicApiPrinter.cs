using System.Globalization;
using System.Reflection;
using System.Text;

namespace WarmContext.TestSupport;

/// <summary>Prints the public API of an assembly: a line a type, an indented line a member, sorted by ordinal so that a diff shows changes alone.</summary>
public static class PublicApiPrinter
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static string Print(Assembly assembly)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        var text = new StringBuilder();
        foreach (var type in assembly.GetExportedTypes().OrderBy(static type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(Header(type)).Append('\n');
            foreach (var member in Members(type).Order(StringComparer.Ordinal))
            {
                text.Append("    ").Append(member).Append('\n');
            }
        }

        return text.ToString();
    }

    private static string Header(Type type)
    {
        var kind = type switch
        {
            { IsEnum: true } => "enum",
            { IsInterface: true } => "interface",
            { IsValueType: true } => "struct",
            _ when type.IsSubclassOf(typeof(Delegate)) => "delegate",
            { IsAbstract: true, IsSealed: true } => "static class",
            { IsAbstract: true } => "abstract class",
            { IsSealed: true } => "sealed class",
            _ => "class",
        };
        var bases = new List<string>();
        if (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType) && parent != typeof(Enum))
        {
            bases.Add(TypeNames.Of(parent));
        }

        bases.AddRange((type.IsEnum ? [] : type.GetInterfaces()).Where(static contract => contract.IsPublic).Select(TypeNames.Of).Order(StringComparer.Ordinal));
        return $"{kind} {type.Namespace}.{TypeNames.Of(type)}{(bases.Count == 0 ? string.Empty : " : " + string.Join(", ", bases))}";
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
        {
            return Enum.GetNames(type).Select(name => $"{name} = {Convert.ToInt64(Enum.Parse(type, name), CultureInfo.InvariantCulture)}");
        }

        var accessors = type.GetProperties(Declared).SelectMany(static property => property.GetAccessors(nonPublic: true))
            .Concat(type.GetEvents(Declared).SelectMany(static @event => new[] { @event.AddMethod!, @event.RemoveMethod! })).ToHashSet();
        return type.GetConstructors(Declared).Where(IsVisible).Select(static constructor => $"{Modifiers(constructor)}.ctor({Parameters(constructor)})")
            .Concat(type.GetMethods(Declared).Where(method => IsVisible(method) && !accessors.Contains(method)).Select(Method))
            .Concat(type.GetProperties(Declared).Where(static property => property.GetAccessors(nonPublic: true).Any(IsVisible)).Select(Property))
            .Concat(type.GetEvents(Declared).Where(static @event => IsVisible(@event.AddMethod!)).Select(static @event => $"event {TypeNames.Of(@event.EventHandlerType!)} {@event.Name}"))
            .Concat(type.GetFields(Declared).Where(static field => field.IsPublic || field.IsFamily).Select(static field => $"{(field.IsLiteral ? "const" : field.IsStatic ? "static field" : "field")} {TypeNames.Of(field.FieldType)} {field.Name}"));
    }

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static string Method(MethodInfo method)
    {
        var arguments = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(static argument => argument.Name))}>" : string.Empty;
        return $"{Modifiers(method)}{TypeNames.Of(method.ReturnParameter)} {method.Name}{arguments}({Parameters(method)})";
    }

    private static string Property(PropertyInfo property)
    {
        var accessors = property.GetAccessors(nonPublic: true).Where(IsVisible).ToArray();
        var set = accessors.FirstOrDefault(static accessor => accessor.ReturnType == typeof(void));
        var isInit = set?.ReturnParameter.GetRequiredCustomModifiers().Any(static modifier => modifier.Name == "IsExternalInit") == true;
        var index = property.GetIndexParameters() is { Length: > 0 } parameters ? $"[{string.Join(", ", parameters.Select(Parameter))}]" : string.Empty;
        var get = accessors.Any(static accessor => accessor.ReturnType != typeof(void)) ? " get;" : string.Empty;
        return $"{Modifiers(accessors[0])}{TypeNames.Of(property)} {property.Name}{index} {{{get}{(set is null ? string.Empty : isInit ? " init;" : " set;")} }}";
    }

    private static string Modifiers(MethodBase method)
    {
        var access = method.IsPublic ? string.Empty : "protected ";
        var kind = method.IsStatic ? "static " : method.IsAbstract && !method.DeclaringType!.IsInterface ? "abstract "
            : method is MethodInfo info && info.IsVirtual && !info.IsFinal && !method.DeclaringType!.IsInterface ? (info.GetBaseDefinition() != info ? "override " : "virtual ") : string.Empty;
        return access + kind;
    }

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(Parameter));

    private static string Parameter(ParameterInfo parameter)
    {
        var prefix = parameter.IsOut ? "out " : parameter.ParameterType.IsByRef ? (parameter.IsIn ? "in " : "ref ") : string.Empty;
        var value = !parameter.HasDefaultValue ? string.Empty : parameter.DefaultValue is null ? " = default" : $" = {Convert.ToString(parameter.DefaultValue, CultureInfo.InvariantCulture)}";
        return $"{prefix}{TypeNames.Of(parameter)} {parameter.Name}{value}";
    }
}
