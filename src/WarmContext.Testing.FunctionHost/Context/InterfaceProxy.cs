using System.Reflection;

namespace WarmContext.Testing.FunctionHost.Context;

/// <summary>
/// The base of the types that <see cref="InterfaceImplementer"/> makes: every implemented member ends in <see cref="Invoke"/>.
/// </summary>
/// <remarks>Public because the made types, which live in an assembly of their own, derive from it.</remarks>
public abstract class InterfaceProxy
{
    /// <summary>Called for every implemented member.</summary>
    /// <param name="member">The method's name; get_X for a property.</param>
    /// <param name="arguments">Its arguments.</param>
    public abstract object? Invoke(string member, object?[] arguments);
}
