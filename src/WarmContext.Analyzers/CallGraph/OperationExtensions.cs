using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using WarmContext.Analyzers.Knowledge;

namespace WarmContext.Analyzers.CallGraph;

internal static class OperationExtensions
{
    /// <summary>Without conversions, parentheses, awaits and ConfigureAwait.</summary>
    public static IOperation Unwrap(this IOperation operation)
    {
        while (true)
        {
            switch (operation)
            {
                case IConversionOperation conversion:
                    operation = conversion.Operand;
                    break;
                case IParenthesizedOperation parenthesized:
                    operation = parenthesized.Operand;
                    break;
                case IAwaitOperation awaited:
                    operation = awaited.Operation;
                    break;
                case IInvocationOperation { TargetMethod.Name: "ConfigureAwait", Instance: { } instance }:
                    operation = instance;
                    break;
                default:
                    return operation;
            }
        }
    }

    /// <summary>The first ancestor that does more than convert, parenthesize, await or configure.</summary>
    public static IOperation? ParentUnwrapped(this IOperation operation)
    {
        var parent = operation.Parent;
        while (parent is IConversionOperation
            or IParenthesizedOperation
            or IAwaitOperation
            or IInvocationOperation { TargetMethod.Name: "ConfigureAwait" })
        {
            parent = parent.Parent;
        }

        return parent;
    }

    public static IEnumerable<IOperation> Ancestors(this IOperation operation)
    {
        for (var parent = operation.Parent; parent is not null; parent = parent.Parent)
        {
            yield return parent;
        }
    }

    public static IEnumerable<IOperation> SelfAndDescendants(this IOperation operation)
    {
        yield return operation;
        foreach (var child in operation.ChildOperations)
        {
            foreach (var inner in child.SelfAndDescendants())
            {
                yield return inner;
            }
        }
    }

    /// <summary>The field, property, local or parameter an expression reads, past conversions and awaits.</summary>
    public static ISymbol? ReferencedSymbol(this IOperation? operation) => operation?.Unwrap() switch
    {
        IFieldReferenceOperation field => field.Field,
        IPropertyReferenceOperation property => property.Property,
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        IDeclarationExpressionOperation declaration => declaration.Expression.ReferencedSymbol(),
        _ => null,
    };

    /// <summary>A primary constructor's parameter that the body of a member reads: a field in all but name.</summary>
    public static IParameterSymbol? CapturedByType(this IOperation? operation, CodeBody body)
        => operation is IParameterReferenceOperation { Parameter: { } parameter }
            && parameter.ContainingSymbol is IMethodSymbol { MethodKind: MethodKind.Constructor } constructor
            && !KnownTypes.Is(constructor, body.Owner)
            ? parameter
            : null;

    public static IOperation? InstanceOf(this IOperation operation) => operation switch
    {
        IMemberReferenceOperation member => member.Instance,
        IInvocationOperation call => call.Instance,
        IArrayElementReferenceOperation element => element.ArrayReference,
        _ => null,
    };

    /// <summary>The argument the user wrote for a parameter; null when it was left to its default.</summary>
    public static IOperation? Argument(this IInvocationOperation call, string parameter)
    {
        foreach (var argument in call.Arguments)
        {
            if (argument.Parameter?.Name == parameter && argument.ArgumentKind != ArgumentKind.DefaultValue)
            {
                return argument.Value;
            }
        }

        return null;
    }

    public static bool IsInLambda(this IOperation operation, IOperation root)
    {
        for (var parent = operation.Parent; parent is not null && parent != root; parent = parent.Parent)
        {
            if (parent is IAnonymousFunctionOperation or ILocalFunctionOperation)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The value a local was declared with, where it is assigned nowhere else in the body.</summary>
    public static IOperation? InitialValue(this CodeBody body, ILocalSymbol local)
    {
        IOperation? value = null;
        foreach (var operation in body.Operations)
        {
            if (operation is IVariableDeclaratorOperation declarator && KnownTypes.Is(declarator.Symbol, local))
            {
                value = declarator.GetVariableInitializer()?.Value;
            }
            else if (operation is ISimpleAssignmentOperation { Target: ILocalReferenceOperation target }
                && KnownTypes.Is(target.Local, local))
            {
                return null;
            }
        }

        return value;
    }
}
