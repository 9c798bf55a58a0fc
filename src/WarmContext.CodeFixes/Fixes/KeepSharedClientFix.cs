using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.CodeFixes;
using WarmContext.Analyzers;
using WarmContext.CodeFixes.Base;
using WarmContext.CodeFixes.Editing;

namespace WarmContext.CodeFixes;

/// <summary>WARM0002: leaves the shared client open by taking away the using or the Dispose call.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
public sealed class KeepSharedClientFix : LambdaCodeFix
{
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create(RuleIds.SharedClientDisposed);

    private protected override IEnumerable<FixChoice> Choices(FixContext context)
    {
        if (Target(context) is not null)
        {
            yield return FixChoice.Plain("Leave the shared client open");
        }
    }

    private protected override Document? Apply(FixContext context) => Target(context) switch
    {
        LocalDeclarationStatementSyntax local => context.With(context.Root.ReplaceNode(local, Edits.WithoutUsing(local))),
        UsingStatementSyntax statement =>
            context.With(context.Root.ReplaceNode(statement, Edits.ToBlock(statement, statement.Declaration))),
        ExpressionStatementSyntax statement => context.With(Edits.RemoveStatement(context.Root, statement)),
        _ => null,
    };

    /// <summary>The statement that does nothing but dispose; one that merely contains the disposal, in a callback say, stays.</summary>
    private static StatementSyntax? Target(FixContext context)
    {
        var node = context.Node;
        return node.FirstAncestorOrSelf<StatementSyntax>() switch
        {
            LocalDeclarationStatementSyntax { Declaration.Variables: { Count: 1 } variables } local
                when local.UsingKeyword.Span.Length > 0 && variables[0] == node => local,
            UsingStatementSyntax statement
                when statement.Expression == node
                    || (statement.Declaration is { Variables: { Count: 1 } variables } && variables[0] == node) => statement,
            ExpressionStatementSyntax statement when Disposal(statement.Expression) == node => statement,
            _ => null,
        };
    }

    private static ExpressionSyntax Disposal(ExpressionSyntax expression)
    {
        if (expression is not AwaitExpressionSyntax { Expression: { } awaited })
        {
            return expression;
        }

        return awaited.AsCallOf("ConfigureAwait")?.Receiver() ?? awaited;
    }
}
