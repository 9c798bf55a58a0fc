namespace WarmContext.Testing.FunctionHost.Context;

/// <summary>The behaviour of the identity and client interfaces: properties with values, null where there is none.</summary>
/// <param name="values">The values by property name.</param>
public abstract class JsonObjectProxy(IReadOnlyDictionary<string, object?> values) : InterfaceProxy
{
    /// <inheritdoc/>
    public override object? Invoke(string member, object?[] arguments)
    {
        ArgumentNullException.ThrowIfNull(member);
        return values.GetValueOrDefault(member["get_".Length..]);
    }
}
