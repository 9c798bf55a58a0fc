using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using WarmContext.Analyzers;

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
        UsingStatementSyntax statement => context.With(context.Root.ReplaceNode(statement, Edits.ToBlock(statement, statement.Declaration))),
        ExpressionStatementSyntax statement => context.With(Edits.RemoveStatement(context.Root, statement)),
        _ => null,
    };

    private static StatementSyntax? Target(FixContext context)
    {
        var statement = context.Node.FirstAncestorOrSelf<StatementSyntax>();
        return statement switch
        {
            LocalDeclarationStatementSyntax { Declaration.Variables.Count: 1 } local when local.UsingKeyword.Span.Length > 0 => local,
            UsingStatementSyntax { Declaration: null or { Variables.Count: 1 } } => statement,
            ExpressionStatementSyntax => statement,
            _ => null,
        };
    }
}
