using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using WarmContext.Testing.FunctionHost.Api;

namespace WarmContext.Testing.FunctionHost.Handlers;

/// <summary>
/// Finds the handler that a handler string names, and runs the function's own initialization: static and instance constructors.
/// </summary>
internal static class HandlerLoader
{
    private const BindingFlags AllMethods =
        BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;


    public static Handler Load(string handlerString, FunctionVariables variables)
    {
        // Reached only by what the .NET host did not find through the function's deps.json.
        AssemblyLoadContext.Default.Resolving += (context, name) =>
            Path.Combine(variables.TaskRoot, name.Name + ".dll") is var path && File.Exists(path)
                ? context.LoadFromAssemblyPath(path)
                : null;

        var name = HandlerName.Parse(handlerString);
        var assembly = LoadAssembly(name, variables.TaskRoot);
        var type = FindType(name, assembly);
        var method = FindMethod(name, type);
        HandlerShape.Check(type, method);

        // The serializer's own constructor belongs to Init too, and runs after the handler's, as on Lambda.
        var instance = Construct(type, method);
        return Handler.Bind(method, instance, PayloadSerializer.For(method, assembly), variables);
    }

    private static Assembly LoadAssembly(HandlerName name, string directory)
    {
        if (!File.Exists(Path.Combine(directory, name.Assembly + ".dll")))
        {
            throw new LambdaValidationException(
                $"The assembly '{name.Assembly}' of the handler is not in {directory}: there is no {name.Assembly}.dll. Assemblies " +
                $"there, nearest first: {NearestNames.List(name.Assembly, FunctionAssemblies(directory))}.");
        }

        try
        {
            return AssemblyLoadContext.Default.LoadFromAssemblyName(new AssemblyName { Name = name.Assembly });
        }
        catch (Exception exception) when (exception is FileNotFoundException or FileLoadException or BadImageFormatException)
        {
            throw new LambdaValidationException(
                $"The assembly '{name.Assembly}' of the handler can't be loaded from {directory}: {exception.Message}");
        }
    }

    private static IEnumerable<string> FunctionAssemblies(string directory) => Directory.Exists(directory)
        ? Directory.EnumerateFiles(directory, "*.dll").Select(static path => Path.GetFileNameWithoutExtension(path))
        : [];

    private static Type FindType(HandlerName name, Assembly assembly) =>
        TypeTable.Find(assembly, name.Type) ?? assembly.GetType(name.Type) ?? throw new LambdaValidationException(
            $"The type '{name.Type}' of the handler is not in the assembly '{name.Assembly}'. It must be the full name, with '+' before " +
            $"a nested type. Types there, nearest first: {NearestNames.List(name.Type, PossibleTypes(assembly))}.");

    private static IEnumerable<string> PossibleTypes(Assembly assembly)
    {
        Type?[] types;
        try
        {
            types = assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException exception)
        {
            types = exception.Types;
        }

        return types
            .Where(static type => type is { IsInterface: false, IsEnum: false, IsGenericType: false }
                && !type.IsDefined(typeof(CompilerGeneratedAttribute), false))
            .Select(static type => type!.FullName!);
    }

    private static MethodInfo FindMethod(HandlerName name, Type type)
    {
        // A signature, like System.String Run(Int32), has a space; a name never has. Most handlers are names. A lookup by name leaves the
        // other methods alone, and reads no name, which would take a millisecond or two of Init. To it, an asterisk at the end stands for
        // any ending; no name has one.
        var isSignature = name.Method.Contains(' ', StringComparison.Ordinal);
        var isPossible = !name.Method.EndsWith('*');
        for (var current = isPossible ? type : null; current is not null; current = current.BaseType)
        {
            MethodInfo? found = null;
            var methods = isSignature ? current.GetMethods(AllMethods) : current.GetMember(name.Method, MemberTypes.Method, AllMethods);
            foreach (MethodInfo method in methods)
            {
                if (isSignature && method.ToString() != name.Method)
                {
                    continue;
                }

                if (found is not null)
                {
                    throw Overloaded(name, current);
                }

                found = method;
            }

            if (found is not null)
            {
                return found;
            }
        }

        throw new LambdaValidationException(
            $"The method '{name.Method}' of the handler is not in the type '{name.Type}'. Methods there, nearest first: " +
            $"{NearestNames.List(name.Method, PossibleMethods(type))}.");
    }

    private static LambdaValidationException Overloaded(HandlerName name, Type type)
    {
        var signatures = type.GetMethods(AllMethods).Where(method => method.Name == name.Method).Select(static method => $"'{method}'");
        return new LambdaValidationException(
            $"The method '{name.Method}' of the handler is overloaded in '{name.Type}'. Name one by its signature: " +
            $"{string.Join(" or ", signatures)}.");
    }

    private static IEnumerable<string> PossibleMethods(Type type) => type
        .GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static)
        .Where(static method => method.DeclaringType != typeof(object)
            && !method.IsSpecialName
            && !method.IsDefined(typeof(CompilerGeneratedAttribute), false))
        .Select(static method => method.Name);

    private static object? Construct(Type type, MethodInfo method)
    {
        if (method.IsStatic)
        {
            RuntimeHelpers.RunClassConstructor(type.TypeHandle);
            return null;
        }

        var constructor = type.GetConstructor(Type.EmptyTypes);
        if (!type.IsValueType && constructor is null)
        {
            throw new LambdaValidationException(
                $"The type '{type.FullName}' of the handler has no public constructor without parameters; Lambda can't create it. Add " +
                "one, or make the method static.");
        }

        // Invoked as the handler will be, so that one kind of reflection has to be made ready, and not two. A value type may have none.
        // What it throws arrives in a TargetInvocationException, as on Lambda.
        return constructor is null ? Activator.CreateInstance(type) : constructor.Invoke(null);
    }
}
