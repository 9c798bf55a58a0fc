using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.CodeFixes;
using WarmContext.Analyzers;
using WarmContext.CodeFixes.Base;
using WarmContext.CodeFixes.Editing;

namespace WarmContext.CodeFixes;

/// <summary>WARM0007: returns Task, and awaits the method where it is called in this file.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
public sealed class ReturnTaskFix : LambdaCodeFix
{
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create(RuleIds.AsyncVoid);

    private protected override IEnumerable<FixChoice> Choices(FixContext context)
    {
        if (Target(context) is not null)
        {
            yield return FixChoice.Plain("Return Task");
        }
    }

    private protected override Document? Apply(FixContext context)
    {
        if (Target(context) is not var (declaration, returnType, symbol))
        {
            return null;
        }

        var calls = context.Root.DescendantNodes().OfType<InvocationExpressionSyntax>()
            .Where(call =>
                call.Parent is ExpressionStatementSyntax
                    && Edits.IsInAsync(call)
                    && SymbolEqualityComparer.Default.Equals(context.SymbolOf(call)?.OriginalDefinition, symbol))
            .ToList();
        var root = context.Root.ReplaceNodes(
            calls.Cast<SyntaxNode>().Concat(new SyntaxNode[] { returnType }),
            (original, rewritten) => original == returnType
                ? SyntaxFactory.IdentifierName("Task").WithTriviaFrom(original)
                : SyntaxFactory.AwaitExpression(
                    SyntaxFactory.Token(SyntaxKind.AwaitKeyword).WithTrailingTrivia(SyntaxFactory.Space),
                    ((ExpressionSyntax)rewritten).WithoutLeadingTrivia())
                    .WithLeadingTrivia(original.GetLeadingTrivia()));
        return context.With(root, "System.Threading.Tasks");
    }

    /// <summary>
    /// Not for overrides and interface members, whose shape is decided elsewhere, nor where the method serves as a void delegate.
    /// </summary>
    private static (SyntaxNode Declaration, TypeSyntax ReturnType, ISymbol Symbol)? Target(FixContext context)
    {
        var node = context.Node.FirstAncestorOrSelf<SyntaxNode>(
            static ancestor => ancestor is MethodDeclarationSyntax or LocalFunctionStatementSyntax or AnonymousFunctionExpressionSyntax);
        var returnType = node switch
        {
            MethodDeclarationSyntax method => method.ReturnType,
            LocalFunctionStatementSyntax local => local.ReturnType,
            _ => null,
        };

        if (node is null
            || returnType is null
            || context.Model.GetDeclaredSymbol(node, context.CancellationToken) is not IMethodSymbol symbol
            || symbol.IsOverride
            || symbol.IsVirtual
            || !symbol.ExplicitInterfaceImplementations.IsEmpty || Implements(symbol))
        {
            return null;
        }

        var isDelegate = context.Root.DescendantNodes().OfType<IdentifierNameSyntax>().Any(name => name.Identifier.ValueText == symbol.Name
            && name.Parent is not InvocationExpressionSyntax
                && !(name.Parent is MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax invocation } access
                    && access.Name == name
                    && invocation.Expression == access)
            && SymbolEqualityComparer.Default.Equals(context.SymbolOf(name)?.OriginalDefinition, symbol));
        return isDelegate ? null : (node, returnType, symbol);
    }

    private static bool Implements(IMethodSymbol symbol) =>
        symbol.ContainingType.AllInterfaces.SelectMany(static contract => contract.GetMembers())
            .Select(symbol.ContainingType.FindImplementationForInterfaceMember)
            .Contains(symbol, SymbolEqualityComparer.Default);
}
