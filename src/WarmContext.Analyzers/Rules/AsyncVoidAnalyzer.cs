using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using WarmContext.Analyzers.Base;
using WarmContext.Analyzers.CallGraph;
using WarmContext.Analyzers.Knowledge;

namespace WarmContext.Analyzers;

/// <summary>WARM0007: an async void method or lambda runs in an invocation.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AsyncVoidAnalyzer : BodyAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        RuleIds.AsyncVoid,
        "async void in a Lambda function",
        "'{0}' is async void: nobody can await it before the freeze, and an exception in it ends the process; return Task",
        RuleIds.Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "An async void method hides its task. The handler returns before it ends, the environment freezes in the middle of "
            + "it, and an exception in it tears the execution environment down.",
        helpLinkUri: RuleIds.HelpLink(RuleIds.AsyncVoid));

    private static readonly OperationKind[] s_kinds = { OperationKind.AnonymousFunction, OperationKind.LocalFunction };

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(s_rule);

    private protected override void Analyze(in BodyContext context)
    {
        if (context.Body.Owner is IMethodSymbol { IsAsync: true, ReturnsVoid: true } method
            && context.Body.Kind == BodyKind.Invocation
            && !IsEventHandler(method))
        {
            context.Report(s_rule, method.Locations.FirstOrDefault() ?? context.Body.Node.GetLocation(), method.Named());
        }

        if (context.Body.Kind != BodyKind.Invocation)
        {
            return;
        }

        foreach (var operation in context.Body.Of(s_kinds))
        {
            switch (operation)
            {
                case IAnonymousFunctionOperation { Symbol: { IsAsync: true, ReturnsVoid: true } symbol } lambda
                    when lambda != context.Body.Root && !IsEventHandler(symbol):
                    context.Report(s_rule, Start(lambda.Syntax), "the lambda");
                    break;
                case ILocalFunctionOperation { Symbol: { IsAsync: true, ReturnsVoid: true } symbol } local
                    when local != context.Body.Root && !IsEventHandler(symbol):
                    context.Report(s_rule, symbol.Locations[0], symbol.Name);
                    break;
            }
        }
    }

    // The event decides their shape.
    private static bool IsEventHandler(IMethodSymbol method)
        => method.Parameters.Length == 2
            && method.Parameters[1].Type is { } arguments
            && (arguments.Name.EndsWith("EventArgs", StringComparison.Ordinal) || arguments.BaseType?.Name == "EventArgs");

    private static Location Start(SyntaxNode lambda)
        => lambda is AnonymousFunctionExpressionSyntax { AsyncKeyword: var keyword } && !keyword.IsKind(SyntaxKind.None)
            ? keyword.GetLocation()
            : lambda.GetLocation();
}
