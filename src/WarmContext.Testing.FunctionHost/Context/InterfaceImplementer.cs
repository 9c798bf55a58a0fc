using System.Reflection;
using System.Reflection.Emit;

namespace WarmContext.Testing.FunctionHost.Context;

/// <summary>
/// Implements interfaces of whichever Amazon.Lambda.Core the function carries. Members with a default body keep it, unless they are named
/// as overridden; that is why it isn't DispatchProxy, which replaces every default body and leaves no way back to it.
/// </summary>
internal static class InterfaceImplementer
{
    private static readonly ModuleBuilder s_module = AssemblyBuilder
        .DefineDynamicAssembly(new AssemblyName("WarmContext.Testing.FunctionHost.Implementations"), AssemblyBuilderAccess.Run)
        .DefineDynamicModule("Implementations");

    /// <summary>
    /// Makes a type that derives from <paramref name="proxy"/>, with its constructor's parameters, and implements an interface.
    /// </summary>
    public static Type Implement(Type contract, Type proxy, Func<MethodInfo, bool> overridesDefault)
    {
        var builder = s_module.DefineType(
            contract.Name + "Implementation", TypeAttributes.Class | TypeAttributes.Sealed | TypeAttributes.Public, proxy, [contract]);
        ForwardConstructor(builder, proxy.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)[0]);
        ImplementMembers(builder, contract, overridesDefault);
        foreach (var inherited in contract.GetInterfaces())
        {
            ImplementMembers(builder, inherited, overridesDefault);
        }

        return builder.CreateType();
    }

    private static void ImplementMembers(TypeBuilder builder, Type contract, Func<MethodInfo, bool> overridesDefault)
    {
        foreach (var method in contract.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance))
        {
            if (method.IsAbstract || (method.IsVirtual && !method.IsGenericMethod && overridesDefault(method)))
            {
                Implement(builder, method);
            }
        }
    }

    private static void ForwardConstructor(TypeBuilder builder, ConstructorInfo constructor)
    {
        var parameters = constructor.GetParameters();
        var il = builder.DefineConstructor(
            MethodAttributes.Public,
            CallingConventions.HasThis,
            Array.ConvertAll(parameters, static parameter => parameter.ParameterType)).GetILGenerator();
        for (var i = 0; i <= parameters.Length; i++)
        {
            il.Emit(OpCodes.Ldarg, (short)i);
        }

        il.Emit(OpCodes.Call, constructor);
        il.Emit(OpCodes.Ret);
    }

    private static void Implement(TypeBuilder builder, MethodInfo method)
    {
        var parameters = method.GetParameters();
        var implementation = builder.DefineMethod(
            $"{method.DeclaringType!.FullName}.{method.Name}",
            MethodAttributes.Private | MethodAttributes.Virtual | MethodAttributes.Final
                | MethodAttributes.NewSlot | MethodAttributes.HideBySig,
            method.ReturnType,
            Array.ConvertAll(parameters, static parameter => parameter.ParameterType));
        var il = implementation.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldstr, method.Name);
        il.Emit(OpCodes.Ldc_I4, parameters.Length);
        il.Emit(OpCodes.Newarr, typeof(object));
        for (var i = 0; i < parameters.Length; i++)
        {
            il.Emit(OpCodes.Dup);
            il.Emit(OpCodes.Ldc_I4, i);
            il.Emit(OpCodes.Ldarg, (short)(i + 1));
            if (parameters[i].ParameterType.IsValueType)
            {
                il.Emit(OpCodes.Box, parameters[i].ParameterType);
            }

            il.Emit(OpCodes.Stelem_Ref);
        }

        il.Emit(OpCodes.Callvirt, typeof(InterfaceProxy).GetMethod(nameof(InterfaceProxy.Invoke))!);
        if (method.ReturnType == typeof(void))
        {
            il.Emit(OpCodes.Pop);
        }
        else
        {
            // For a reference type this is a cast.
            il.Emit(OpCodes.Unbox_Any, method.ReturnType);
        }

        il.Emit(OpCodes.Ret);
        builder.DefineMethodOverride(implementation, method);
    }
}
