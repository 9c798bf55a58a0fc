using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using WarmContext.Analyzers.CallGraph;
using WarmContext.Analyzers.Knowledge;

namespace WarmContext.Analyzers.Recognizers;

/// <summary>
/// Tells timers that fire once from those that count on running between invocations. A timer that fires once is a deadline or a delayed
/// start: a freeze makes it late, and it disturbs nothing. One that is armed again and again, by its callback or by each invocation, is a
/// refresher or a delayed flush however its period reads.
/// </summary>
internal static class TimerUse
{
    /// <summary>True when the timer made here fires once at most, as far as the code that was reached tells.</summary>
    public static bool FiresOnce(IOperation creation, CodeMap map)
    {
        var arguments = creation switch
        {
            IObjectCreationOperation built => built.Arguments,
            IInvocationOperation call => call.Arguments,
            _ => ImmutableArray<IArgumentOperation>.Empty,
        };

        var symbol = KeptIn(creation);
        if (creation.Type.IsNamed("System.Timers", "Timer"))
        {
            return IsSwitchedToOnce(creation, symbol, map) && !IsArmedAgain(creation, symbol, map);
        }

        // new Timer(callback) waits for Change.
        return (Value(arguments, "period") is not { } period || IsNoPeriod(period))
            && !creation.Type.IsNamed("System.Threading", "PeriodicTimer")
            && !IsArmedAgain(creation, symbol, map);
    }

    /// <summary>True when the body that made the timer disposes of it: in a using, or by a call.</summary>
    public static bool IsDisposedIn(IOperation creation, CodeBody body)
    {
        foreach (var ancestor in creation.Ancestors())
        {
            if (ancestor is IUsingDeclarationOperation
                || (ancestor is IVariableDeclarationGroupOperation or IConversionOperation && ancestor.Parent is IUsingOperation))
            {
                return true;
            }
        }

        return KeptIn(creation) is ILocalSymbol local && body.Of(OperationKind.Invocation).Exists(operation =>
            operation is IInvocationOperation { TargetMethod.Name: "Dispose" or "DisposeAsync", Instance: { } instance }
                && KnownTypes.Is(local, Receiver(instance)));
    }

    /// <summary>The field, property or local that gets the timer.</summary>
    private static ISymbol? KeptIn(IOperation creation)
    {
        foreach (var ancestor in creation.Ancestors())
        {
            switch (ancestor)
            {
                case IAssignmentOperation { Target: { } target }:
                    return target.ReferencedSymbol();
                case IVariableDeclaratorOperation declarator:
                    return declarator.Symbol;
                case IFieldInitializerOperation { InitializedFields: { Length: > 0 } fields }:
                    return fields[0];
                case IPropertyInitializerOperation { InitializedProperties: { Length: > 0 } properties }:
                    return properties[0];
                case IBlockOperation or IAnonymousFunctionOperation or IInvocationOperation:
                    return null;
            }
        }

        return null;
    }

    /// <summary>AutoReset = false, in the initialiser or later.</summary>
    private static bool IsSwitchedToOnce(IOperation creation, ISymbol? symbol, CodeMap map)
    {
        if (creation.SelfAndDescendants().Any(static operation => IsAutoResetOff(operation)))
        {
            return true;
        }

        return symbol is not null && map.AllBodies.Any(body => body.Of(OperationKind.SimpleAssignment).Exists(operation =>
            IsAutoResetOff(operation)
                && KnownTypes.Is(
                    symbol, Receiver(((IPropertyReferenceOperation)((ISimpleAssignmentOperation)operation).Target).Instance))));
    }

    private static bool IsAutoResetOff(IOperation operation)
        => operation is ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property.Name: "AutoReset" },
            Value.ConstantValue: { HasValue: true, Value: false } };

    private static bool IsArmedAgain(IOperation creation, ISymbol? symbol, CodeMap map)
    {
        if (symbol is null)
        {
            return false;
        }

        // What Init does happens once; what an invocation or the timer's own callback does, over and over.
        return creation.SelfAndDescendants().Any(operation => Arms(operation, symbol, repeatedly: true))
            || map.AllBodies.Any(body =>
                body.Operations.Any(
                    operation => Arms(operation, symbol, repeatedly: body.Kind == BodyKind.Invocation || IsCallback(creation, body))));
    }

    private static bool IsCallback(IOperation creation, CodeBody body)
        => creation.ChildOperations.Any(argument =>
            argument.SelfAndDescendants()
                .Any(operation =>
                    operation is IMethodReferenceOperation { Method: { } method } && KnownTypes.Is(method.OriginalDefinition, body.Owner)));

    private static bool Arms(IOperation operation, ISymbol timer, bool repeatedly) => operation switch
    {
        IInvocationOperation { TargetMethod.Name: "Change", Instance: { } instance } call when KnownTypes.Is(timer, Receiver(instance)) =>
            Value(call.Arguments, "dueTime") is { } due
                && !IsInfinite(due)
                && (repeatedly || (Value(call.Arguments, "period") is { } period && !IsNoPeriod(period))),
        IInvocationOperation { TargetMethod.Name: "Start", Instance: { } instance } =>
            repeatedly && KnownTypes.Is(timer, Receiver(instance)),
        ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property.Name: "Enabled", Instance: { } instance },
            Value.ConstantValue: { HasValue: true, Value: true } } =>
            repeatedly && KnownTypes.Is(timer, Receiver(instance)),
        _ => false,
    };

    /// <summary>The timer of timer.Change and of timer?.Change.</summary>
    private static ISymbol? Receiver(IOperation? instance)
    {
        if (instance is IConditionalAccessInstanceOperation)
        {
            foreach (var ancestor in instance.Ancestors())
            {
                if (ancestor is IConditionalAccessOperation access)
                {
                    return access.Operation.ReferencedSymbol();
                }
            }
        }

        return instance.ReferencedSymbol();
    }

    private static IOperation? Value(ImmutableArray<IArgumentOperation> arguments, string parameter)
        => arguments.FirstOrDefault(argument => argument.Parameter?.Name == parameter)?.Value.Unwrap();

    // A period of zero means once, too.
    private static bool IsNoPeriod(IOperation period) => IsInfinite(period)
        || period is IDefaultValueOperation
        || period is { ConstantValue: { HasValue: true, Value: 0 or 0L or 0u } }
        || period is IFieldReferenceOperation { Field: { Name: "Zero", ContainingType.Name: "TimeSpan" } };

    private static bool IsInfinite(IOperation time) => time switch
    {
        { ConstantValue: { HasValue: true, Value: -1 or -1L or uint.MaxValue } } => true,
        IFieldReferenceOperation { Field: { Name: "InfiniteTimeSpan" } } => true,
        IInvocationOperation { TargetMethod: { Name: "FromMilliseconds", ContainingType.Name: "TimeSpan" },
            Arguments: { Length: > 0 } arguments } =>
            arguments[0].Value.Unwrap() is { ConstantValue: { HasValue: true, Value: -1 or -1L or -1d } },
        _ => false,
    };
}
