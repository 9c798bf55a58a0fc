using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.CodeFixes;
using WarmContext.Analyzers;
using WarmContext.CodeFixes.Base;
using WarmContext.CodeFixes.Editing;

namespace WarmContext.CodeFixes;

/// <summary>WARM0008: asks for the password at each physical open instead of on a timer.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
public sealed class PasswordProviderFix : LambdaCodeFix
{
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create(RuleIds.TimerAcrossFreeze);

    private protected override IEnumerable<FixChoice> Choices(FixContext context)
    {
        if (Target(context) is not null)
        {
            yield return FixChoice.Plain("Ask for the password at each open (UsePasswordProvider)");
        }
    }

    private protected override Document? Apply(FixContext context)
    {
        if (Target(context) is not var (call, provider))
        {
            return null;
        }

        var access = (MemberAccessExpressionSyntax)call.Expression;
        var text = $"(settings => {provider}(settings, default).AsTask().GetAwaiter().GetResult(), {provider})";
        var arguments = SyntaxFactory.ParseArgumentList(text).WithTriviaFrom(call.ArgumentList);
        var replaced = call.WithExpression(access.WithName(SyntaxFactory.IdentifierName("UsePasswordProvider").WithTriviaFrom(access.Name)))
            .WithArgumentList(arguments.Formatted());
        return context.With(context.Root.ReplaceNode(call, replaced));
    }

    /// <summary>A method group can be handed over as it is; a lambda would have to be doubled.</summary>
    private static (InvocationExpressionSyntax Call, ExpressionSyntax Provider)? Target(FixContext context)
        => context.Node.FirstAncestorOrSelf<InvocationExpressionSyntax>()?.AsCallOf("UsePeriodicPasswordProvider") is { } call
            && call.ArgumentList.Arguments.Count == 3
            && context.SymbolOf(call.ArgumentList.Arguments[0].Expression) is IMethodSymbol { MethodKind: var kind }
            && kind is MethodKind.Ordinary or MethodKind.LocalFunction
            && call.ArgumentList.Arguments[0].Expression is not AnonymousFunctionExpressionSyntax
            ? (call, call.ArgumentList.Arguments[0].Expression.WithoutTrivia())
            : null;
}
