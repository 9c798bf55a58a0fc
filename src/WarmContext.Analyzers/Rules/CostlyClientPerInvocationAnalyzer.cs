using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using WarmContext.Analyzers.Base;
using WarmContext.Analyzers.CallGraph;

namespace WarmContext.Analyzers;

/// <summary>
/// WARM0001: an AWS client, HttpClient, data source or other costly client is built where every invocation does it again.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class CostlyClientPerInvocationAnalyzer : BodyAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        RuleIds.CostlyClientPerInvocation,
        "Costly client built in every invocation",
        "'{0}' is built in every invocation; build it once outside the handler (Warm<{0}> or a static readonly field) and share it",
        RuleIds.Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "Clients and data sources hold connections, TLS sessions and caches that the execution environment keeps between "
            + "invocations. Building them in the handler pays for that again each time and can exhaust sockets.",
        helpLinkUri: RuleIds.HelpLink(RuleIds.CostlyClientPerInvocation));

    private static readonly OperationKind[] s_kinds = { OperationKind.ObjectCreation, OperationKind.Invocation };

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(s_rule);

    private protected override void Analyze(in BodyContext context)
    {
        if (context.Body.Kind != BodyKind.Invocation)
        {
            return;
        }

        foreach (var operation in context.Body.Of(s_kinds))
        {
            if (context.Facts.Costly.BuiltBy(operation) is { } type
                && !IsPartOfAnother(operation, context)
                && !IsSilent(operation, context.Body, context))
            {
                context.Report(s_rule, operation.Syntax, type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat));
            }
        }
    }

    private static bool IsSilent(IOperation operation, CodeBody body, in BodyContext context)
        => CreationContext.IsDeferred(operation)
        || CreationContext.IsGuarded(operation, body)
        || CreationContext.IsReturnedByFactory(operation, body)
        || context.Map.Flow.WrapsSharedOrDependsOnCaller(operation, body);

    /// <summary>new HttpClient(new SocketsHttpHandler()) is one finding, at the client.</summary>
    private static bool IsPartOfAnother(IOperation operation, in BodyContext context)
    {
        foreach (var ancestor in operation.Ancestors())
        {
            if (ancestor is IAnonymousFunctionOperation or IBlockOperation)
            {
                return false;
            }

            if (context.Facts.Costly.BuiltBy(ancestor) is not null)
            {
                return true;
            }
        }

        return false;
    }
}
