using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.CodeFixes;
using WarmContext.Analyzers;
using WarmContext.CodeFixes.Base;
using WarmContext.CodeFixes.Editing;

namespace WarmContext.CodeFixes;

/// <summary>WARM0013: writes under a name of its own and moves the whole file into place.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
public sealed class WriteThenRenameFix : LambdaCodeFix
{
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create(RuleIds.UncheckedTemporaryFile);

    private protected override IEnumerable<FixChoice> Choices(FixContext context)
    {
        if (Target(context) is not null)
        {
            yield return FixChoice.Plain("Write under another name, then move into place");
        }
    }

    private protected override Document? Apply(FixContext context)
    {
        if (Target(context) is not var (statement, path))
        {
            return null;
        }

        var function = Edits.EnclosingFunction(statement) ?? context.Root;
        var partial = Edits.Unique(
            "partial",
            function.DescendantTokens()
                .Where(static token => token.IsKind(SyntaxKind.IdentifierToken))
                .Select(static token => token.ValueText));
        var pathText = path.WithoutTrivia().ToString();
        var newLine = SyntaxFactory.ElasticCarriageReturnLineFeed;
        var name = SyntaxFactory.ParseStatement($"var {partial} = {pathText} + \".\" + Guid.NewGuid().ToString(\"N\");")
            .WithLeadingTrivia(statement.GetLeadingTrivia()).WithTrailingTrivia(newLine).Formatted();
        var write = statement.ReplaceNode(path, SyntaxFactory.IdentifierName(partial).WithTriviaFrom(path))
            .WithLeadingTrivia(SyntaxFactory.ElasticMarker)
            .Formatted();
        var move = SyntaxFactory.ParseStatement($"File.Move({partial}, {pathText}, overwrite: true);")
            .WithTrailingTrivia(newLine)
            .Formatted();

        var root = statement.Parent is BlockSyntax or SwitchSectionSyntax
            ? context.Root.ReplaceNode(statement, new SyntaxNode[] { name, write, move })
            : context.Root.ReplaceNode(statement, SyntaxFactory.Block(name, write, move).Formatted());
        return context.With(root, "System", "System.IO");
    }

    /// <summary>A call that is over when it returns; a stream is written later, where only its owner knows when it is whole.</summary>
    private static (ExpressionStatementSyntax Statement, ExpressionSyntax Path)? Target(FixContext context)
    {
        if (context.Node.FirstAncestorOrSelf<InvocationExpressionSyntax>() is not { } call
            || call.FirstAncestorOrSelf<ExpressionStatementSyntax>() is not { } statement
            || statement.Parent is GlobalStatementSyntax
            || context.SymbolOf(call) is not IMethodSymbol method || !IsWholeWrite(method.Name)
            || (statement.Expression is AwaitExpressionSyntax awaited
                ? awaited.Expression
                : statement.Expression) is not InvocationExpressionSyntax outer
                || !outer.Span.Contains(call.Span))
        {
            return null;
        }

        var index = method.Parameters.ToList().FindIndex(static parameter => parameter.Name is "path" or "filePath" or "destFileName");
        return index >= 0
            && index < call.ArgumentList.Arguments.Count
            && call.ArgumentList.Arguments[index] is { NameColon: null, Expression: { } path }
            && path is IdentifierNameSyntax or LiteralExpressionSyntax or MemberAccessExpressionSyntax
            ? (statement, path)
            : null;
    }

    private static bool IsWholeWrite(string method)
        => method.StartsWith("WriteAll", StringComparison.Ordinal)
            || method is "Copy" or "WriteResponseStreamToFileAsync" or "Download" or "DownloadAsync";
}
