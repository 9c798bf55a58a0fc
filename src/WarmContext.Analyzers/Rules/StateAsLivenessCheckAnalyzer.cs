using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using WarmContext.Analyzers.Base;
using WarmContext.Analyzers.CallGraph;
using WarmContext.Analyzers.Knowledge;

namespace WarmContext.Analyzers;

/// <summary>WARM0004: State is compared with Open, Closed or Broken to find out whether a long-lived connection is alive.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class StateAsLivenessCheckAnalyzer : BodyAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        RuleIds.StateAsLivenessCheck,
        "ConnectionState taken for a liveness check",
        "'State' stays Open after the server is gone, so this doesn't tell whether the connection in '{0}' is alive; open one per "
            + "invocation from a data source that probes it (WarmNpgsqlDataSource)",
        RuleIds.Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "DbConnection.State is what the client last knew. It turns only when a command fails, so after a freeze, a failover "
            + "or a server-side timeout it still says Open.",
        helpLinkUri: RuleIds.HelpLink(RuleIds.StateAsLivenessCheck));

    private static readonly OperationKind[] s_kinds =
    {
        OperationKind.Binary, OperationKind.IsPattern, OperationKind.Invocation, OperationKind.Switch, OperationKind.SwitchExpression,
    };

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(s_rule);

    private protected override bool AppliesTo(CompilationFacts facts) => facts.Types.DbConnection is not null;

    private protected override void Analyze(in BodyContext context)
    {
        if (context.Body.Owner.IsDisposeMethod())
        {
            return;
        }

        foreach (var operation in context.Body.Of(s_kinds))
        {
            if (Compared(operation) is { } state && LongLived(state, context) is { } holder && !IsAboutClosing(operation))
            {
                context.Report(s_rule, operation.Syntax, holder.Name);
            }
        }
    }

    private static IOperation? Compared(IOperation operation)
    {
        switch (operation)
        {
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals } binary:
                return IsState(binary.LeftOperand) ? binary.LeftOperand : IsState(binary.RightOperand) ? binary.RightOperand : null;
            case IIsPatternOperation pattern:
                return IsState(pattern.Value) ? pattern.Value : AsksForState(pattern.Pattern) ? pattern : null;
            case IInvocationOperation { TargetMethod.Name: "HasFlag", Instance: { } instance }:
                return IsState(instance) ? instance : null;
            case ISwitchOperation choice:
                return IsState(choice.Value) ? choice.Value : null;
            case ISwitchExpressionOperation choice:
                return IsState(choice.Value) ? choice.Value : null;
            default:
                return null;
        }
    }

    /// <summary>s_connection is { State: Open }, and what negates it or combines it with more.</summary>
    private static bool AsksForState(IPatternOperation pattern) =>
        pattern.SelfAndDescendants()
            .Any(static operation => operation is IPropertySubpatternOperation { Member: { } member } && IsState(member));

    // FullState & ConnectionState.Open is the same question.
    private static bool IsState(IOperation operation) => operation.Unwrap() switch
    {
        IPropertyReferenceOperation { Property.Name: "State" or "FullState" } property =>
            property.Property.Type.IsNamed("System.Data", "ConnectionState"),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.And } mask => IsState(mask.LeftOperand),
        IConditionalAccessOperation { WhenNotNull: { } inner } => IsState(inner),
        _ => false,
    };

    /// <summary>
    /// The field or property with the connection. Locals and parameters are somebody's open question, not a kept connection.
    /// </summary>
    private static ISymbol? LongLived(IOperation state, in BodyContext context)
    {
        var unwrapped = state.Unwrap();
        var instance = unwrapped switch
        {
            IBinaryOperation mask => (mask.LeftOperand.Unwrap() as IPropertyReferenceOperation)?.Instance,
            IConditionalAccessOperation access => access.Operation,
            IIsPatternOperation pattern => pattern.Value,
            _ => unwrapped.InstanceOf(),
        };
        var value = instance?.Unwrap();
        if (value is ILocalReferenceOperation local)
        {
            value = context.Body.InitialValue(local.Local)?.Unwrap();
        }

        if (value.CapturedByType(context.Body) is { } captured)
        {
            return context.Types.IsDbConnection(captured.Type) && context.Map.OutlivesInvocation(captured.ContainingType) ? captured : null;
        }

        return value is IMemberReferenceOperation { Member: IFieldSymbol or IPropertySymbol } reference
            && context.Types.IsDbConnection(reference.Type)
            && (reference.Member.IsStatic || context.Map.OutlivesInvocation(reference.Member.ContainingType))
            ? reference.Member
            : null;
    }

    /// <summary>if (State != Closed) Close(): about tidying up, where State is the right question.</summary>
    private static bool IsAboutClosing(IOperation comparison)
    {
        foreach (var ancestor in comparison.Ancestors())
        {
            if (ancestor is IConditionalOperation { WhenTrue: { } guarded })
            {
                return guarded.SelfAndDescendants().OfType<IInvocationOperation>()
                    .Select(static call => call.TargetMethod.Name)
                    .Where(static name => name is "Close" or "CloseAsync" or "Dispose" or "DisposeAsync" or "Open" or "OpenAsync")
                    .All(static name => name is not ("Open" or "OpenAsync"))
                    && guarded.SelfAndDescendants()
                        .OfType<IInvocationOperation>()
                        .Any(static call => call.TargetMethod.Name is "Close" or "CloseAsync" or "Dispose" or "DisposeAsync");
            }
        }

        return false;
    }
}
