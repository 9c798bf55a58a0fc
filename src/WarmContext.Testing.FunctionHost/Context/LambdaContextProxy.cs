using System.Collections.Concurrent;
using WarmContext.Testing.FunctionHost.Api;

namespace WarmContext.Testing.FunctionHost.Context;

/// <summary>The behaviour of an ILambdaContext. What it hands out is made at first use, once per invocation.</summary>
public abstract class LambdaContextProxy : InterfaceProxy
{
    private readonly LambdaContextFactory _factory;
    private readonly InvocationHeaders _invocation;
    private readonly ConcurrentDictionary<string, object?> _made = new(StringComparer.Ordinal);

    /// <summary>Used by the derived types only. The parameters are typed loosely because their types aren't public.</summary>
    /// <param name="factory">What made it.</param>
    /// <param name="invocation">The invocation.</param>
    protected LambdaContextProxy(object factory, object invocation)
    {
        _factory = (LambdaContextFactory)factory;
        _invocation = (InvocationHeaders)invocation;
    }

    /// <inheritdoc/>
    public override object? Invoke(string member, object?[] arguments) => member == "get_RemainingTime"
        ? _factory.Member(member, _invocation)
        : _made.GetOrAdd(member, static (name, self) => self._factory.Member(name, self._invocation), this);
}
