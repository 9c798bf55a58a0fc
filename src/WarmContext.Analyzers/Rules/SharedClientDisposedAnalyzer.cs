using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using WarmContext.Analyzers.Base;
using WarmContext.Analyzers.CallGraph;
using WarmContext.Analyzers.Knowledge;

namespace WarmContext.Analyzers;

/// <summary>WARM0002: a client that later invocations will use is disposed in the handler.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class SharedClientDisposedAnalyzer : BodyAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        RuleIds.SharedClientDisposed,
        "Shared client disposed in the handler",
        "'{0}' is shared by later invocations, but disposed here; the next one gets an ObjectDisposedException",
        RuleIds.Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "A client in a field lives as long as the execution environment. Disposing it in a handler breaks the invocations "
            + "that follow in the same environment, and only those.",
        helpLinkUri: RuleIds.HelpLink(RuleIds.SharedClientDisposed));

    private static readonly OperationKind[] s_kinds =
    {
        OperationKind.Using, OperationKind.UsingDeclaration, OperationKind.Invocation, OperationKind.ConditionalAccess,
    };

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(s_rule);

    private protected override void Analyze(in BodyContext context)
    {
        if (context.Body.Kind != BodyKind.Invocation || context.Body.Owner.IsDisposeMethod())
        {
            return;
        }

        foreach (var operation in context.Body.Of(s_kinds))
        {
            switch (operation)
            {
                case IUsingOperation { Resources: { } resources } statement when resources is not IVariableDeclarationGroupOperation:
                    Check(resources, statement.Resources.Syntax, context);
                    break;
                case IUsingOperation { Resources: IVariableDeclarationGroupOperation group }:
                    CheckDeclared(group, context);
                    break;
                case IUsingDeclarationOperation declaration:
                    CheckDeclared(declaration.DeclarationGroup, context);
                    break;
                case IInvocationOperation { TargetMethod: { Name: "Dispose" or "DisposeAsync", Parameters.Length: 0 },
                    Instance: { } instance } call:
                    Check(instance, call.Syntax, context);
                    break;
                case IConditionalAccessOperation
                {
                    WhenNotNull: IInvocationOperation { TargetMethod.Name: "Dispose" or "DisposeAsync" }
                } access:
                    Check(access.Operation, access.Syntax, context);
                    break;
            }
        }
    }

    private static void CheckDeclared(IVariableDeclarationGroupOperation group, in BodyContext context)
    {
        foreach (var declarator in group.Declarations.SelectMany(static declaration => declaration.Declarators))
        {
            if (declarator.GetVariableInitializer()?.Value is { } value)
            {
                Check(value, declarator.Syntax, context);
            }
        }
    }

    private static void Check(IOperation disposed, SyntaxNode where, in BodyContext context)
    {
        var value = disposed.Unwrap();
        if (value is ILocalReferenceOperation local && context.Body.InitialValue(local.Local)?.Unwrap() is { } initial)
        {
            value = initial;
        }

        if (Shared(value, context) is { } member && !IsReplaced(member, context.Body))
        {
            context.Report(s_rule, where, member.Name);
        }
    }

    /// <summary>The field or property with the shared client; what a Warm or Lazy in a field holds counts as shared.</summary>
    private static ISymbol? Shared(IOperation value, in BodyContext context)
    {
        if (value is IPropertyReferenceOperation { Property: { Name: "Value", ContainingType: { } holder }, Instance: { } instance }
            && (KnownTypes.Is(holder.OriginalDefinition, context.Types.WarmOfT)
                || KnownTypes.Is(holder.OriginalDefinition, context.Types.LazyOfT)))
        {
            return context.Facts.Costly.IsCostly(value.Type, value.Syntax.SyntaxTree)
                && instance.Unwrap() is IMemberReferenceOperation { Member: { } kept }
                ? kept
                : null;
        }

        if (value.CapturedByType(context.Body) is { } captured)
        {
            return context.Facts.Costly.IsCostly(captured.Type, value.Syntax.SyntaxTree)
                && context.Map.OutlivesInvocation(captured.ContainingType)
                ? captured
                : null;
        }

        if (value is not IMemberReferenceOperation { Member: IFieldSymbol or IPropertySymbol } reference
            || !context.Facts.Costly.IsCostly(value.Type, value.Syntax.SyntaxTree))
        {
            return null;
        }

        // A property that makes a new one each time is a factory.
        if (reference.Member is IPropertySymbol { SetMethod: null } property && !IsAutoProperty(property))
        {
            return null;
        }

        return reference.Member.IsStatic
            || (reference.Instance is IInstanceReferenceOperation && context.Map.OutlivesInvocation(reference.Member.ContainingType))
            ? reference.Member
            : null;
    }

    private static bool IsAutoProperty(IPropertySymbol property)
        => property.ContainingType.GetMembers().OfType<IFieldSymbol>().Any(field => KnownTypes.Is(field.AssociatedSymbol, property));

    /// <summary>Dispose and put a new one in its place: a rotation.</summary>
    private static bool IsReplaced(ISymbol member, CodeBody body) => body.Operations.Any(operation =>
        operation is IAssignmentOperation { Target: IMemberReferenceOperation target } && KnownTypes.Is(target.Member, member));
}
