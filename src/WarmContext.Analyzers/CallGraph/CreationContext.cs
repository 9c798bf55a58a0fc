using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using WarmContext.Analyzers.Knowledge;

namespace WarmContext.Analyzers.CallGraph;

/// <summary>Answers whether something built in a handler is built once after all.</summary>
internal static class CreationContext
{
    private static readonly HashSet<string> s_deferringTypes = new(StringComparer.Ordinal)
    {
        "Lazy", "Warm", "AsyncLazy", "ThreadLocal", "AsyncLocal",
    };

    private static readonly HashSet<string> s_deferringMethods = new(StringComparer.Ordinal)
    {
        "GetOrAdd", "AddOrUpdate", "GetOrCreate", "GetOrCreateAsync", "EnsureInitialized", "AddSingleton", "AddScoped", "AddTransient",
        "AddHostedService",
        "TryAddSingleton", "TryAddScoped", "TryAddTransient", "AddKeyedSingleton", "GetOrSet", "GetOrSetAsync",
    };

    /// <summary>True inside a delegate that runs once or on demand: a Lazy's or Warm's factory, GetOrAdd, a service registration.</summary>
    public static bool IsDeferred(IOperation operation)
    {
        for (var current = operation; current is not null; current = current.Parent)
        {
            if (current is IAnonymousFunctionOperation or IMethodReferenceOperation && TakenBy(current) is { } taker && Defers(taker))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True where the value is built only if a field or a cache has none yet.</summary>
    public static bool IsGuarded(IOperation operation, CodeBody body)
    {
        for (var current = operation; current.Parent is { } parent; current = parent)
        {
            switch (parent)
            {
                case ICoalesceAssignmentOperation { Target: { } target } when IsShared(target):
                case ICoalesceOperation coalesce when coalesce.WhenNull == current && MentionsShared(coalesce.Value):
                case IConditionalOperation conditional when conditional.Condition != current && MentionsShared(conditional.Condition):
                case IInvocationOperation { TargetMethod.Name: "CompareExchange"
                    or "GetOrAdd"
                    or "TryAdd"
                    or "Set"
                    or "EnsureInitialized" }:
                case ISwitchExpressionOperation choice when MentionsShared(choice.Value):
                    return true;
            }
        }

        // if (_client != null) return _client; … _client = new(…);
        return KeptIn(operation) is { } kept
            && body.Operations.Any(
                candidate => candidate is IConditionalOperation { Condition: { } condition } && Mentions(condition, kept));
    }

    /// <summary>True when the value ends up in a field or property.</summary>
    public static bool IsKept(IOperation operation) => KeptIn(operation) is not null;

    /// <summary>True when a method that is no handler hands the built value to its caller: a factory.</summary>
    public static bool IsReturnedByFactory(IOperation operation, CodeBody body)
    {
        if (body.IsHandler)
        {
            return false;
        }

        switch (operation.ParentUnwrapped())
        {
            case IReturnOperation:
                return true;
            case IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: { } local } }:
                return body.Operations.Any(candidate =>
                    candidate is IReturnOperation { ReturnedValue: { } value } && KnownTypes.Is(value.ReferencedSymbol(), local));
            default:
                return false;
        }
    }

    public static bool IsShared(IOperation? operation) => operation?.Unwrap() switch
    {
        IFieldReferenceOperation => true,
        IPropertyReferenceOperation property => property.Instance is null or IInstanceReferenceOperation || IsShared(property.Instance),
        IArrayElementReferenceOperation element => IsShared(element.ArrayReference),
        _ => false,
    };

    private static bool MentionsShared(IOperation condition) => condition.SelfAndDescendants().Any(static operation => operation switch
    {
        IFieldReferenceOperation field => !field.Field.IsConst,
        IPropertyReferenceOperation property => IsShared(property),
        IInvocationOperation call => call.TargetMethod.Name is "TryGetValue" or "ContainsKey" && IsShared(call.Instance),
        _ => false,
    });

    private static bool Mentions(IOperation condition, ISymbol symbol)
        => condition.SelfAndDescendants()
            .Any(operation => operation is IMemberReferenceOperation member && KnownTypes.Is(member.Member, symbol));

    private static ISymbol? KeptIn(IOperation operation)
        => operation.ParentUnwrapped() is ISimpleAssignmentOperation { Target: { } target } && IsShared(target)
            ? target.Unwrap() is IMemberReferenceOperation member ? member.Member : null
            : null;

    private static IOperation? TakenBy(IOperation function)
    {
        var parent = function.Parent;
        while (parent is IDelegateCreationOperation or IConversionOperation or IArgumentOperation or IParenthesizedOperation)
        {
            parent = parent.Parent;
        }

        return parent;
    }

    private static bool Defers(IOperation taker) => taker switch
    {
        IObjectCreationOperation creation => creation.Type is { } type && s_deferringTypes.Contains(type.Name),
        IInvocationOperation call => s_deferringMethods.Contains(call.TargetMethod.Name),
        _ => false,
    };
}
