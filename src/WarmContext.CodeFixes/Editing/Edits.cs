using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;

namespace WarmContext.CodeFixes.Editing;

/// <summary>Edits that several fixes make. All keep the comments and line breaks around what they change.</summary>
internal static class Edits
{
    public static T Formatted<T>(this T node)
        where T : SyntaxNode => node.WithAdditionalAnnotations(Formatter.Annotation);

    public static ExpressionSyntax Expression(string text) => SyntaxFactory.ParseExpression(text).Formatted();

    public static ExpressionSyntax Replacing(this ExpressionSyntax replacement, SyntaxNode original) =>
        replacement.WithTriviaFrom(original);

    /// <summary>using var x = y; becomes var x = y;.</summary>
    public static LocalDeclarationStatementSyntax WithoutUsing(LocalDeclarationStatementSyntax declaration)
    {
        var leading = declaration.GetLeadingTrivia();
        return declaration.WithAwaitKeyword(default).WithUsingKeyword(default).WithLeadingTrivia(leading);
    }

    /// <summary>using (var x = y) { … } becomes { var x = y; … }.</summary>
    public static BlockSyntax ToBlock(UsingStatementSyntax statement, VariableDeclarationSyntax? declaration)
    {
        var block = statement.Statement as BlockSyntax ?? SyntaxFactory.Block(statement.Statement);
        if (declaration is not null)
        {
            var local = SyntaxFactory.LocalDeclarationStatement(declaration.WithoutLeadingTrivia())
                .WithTrailingTrivia(
                    statement.CloseParenToken.TrailingTrivia.Where(static trivia => !trivia.IsKind(SyntaxKind.EndOfLineTrivia))
                        .Concat(new[] { SyntaxFactory.ElasticCarriageReturnLineFeed }))
                .Formatted();
            block = block.WithStatements(block.Statements.Insert(0, local));
        }

        return block.WithLeadingTrivia(statement.GetLeadingTrivia()).WithTrailingTrivia(statement.GetTrailingTrivia()).Formatted();
    }

    /// <summary>Takes a statement away and leaves its comments.</summary>
    public static SyntaxNode RemoveStatement(SyntaxNode root, StatementSyntax statement)
    {
        if (statement.Parent is not (BlockSyntax or GlobalStatementSyntax or SwitchSectionSyntax))
        {
            return root.ReplaceNode(statement, SyntaxFactory.Block().WithTriviaFrom(statement));
        }

        var removed = statement.Parent is GlobalStatementSyntax ? statement.Parent : statement;
        if (!HasComment(statement))
        {
            return root.RemoveNode(removed, SyntaxRemoveOptions.KeepNoTrivia)!;
        }

        // What stood behind the statement stands at its beginning now.
        var mark = new SyntaxAnnotation();
        root = root.ReplaceNode(
            removed,
            removed.WithTrailingTrivia(removed.GetTrailingTrivia().SkipWhile(static trivia => trivia.IsKind(SyntaxKind.WhitespaceTrivia)))
                .WithAdditionalAnnotations(mark));
        return root.RemoveNode(root.GetAnnotatedNodes(mark).Single(), SyntaxRemoveOptions.KeepExteriorTrivia)!;
    }

    /// <summary>
    /// Adds a field after the last field at the top of the type, or before everything else, but not before the members it needs.
    /// </summary>
    public static TypeDeclarationSyntax AddField(TypeDeclarationSyntax type, string declaration, int notBefore = 0)
    {
        var field = (FieldDeclarationSyntax)SyntaxFactory.ParseMemberDeclaration(declaration)!;
        var index = notBefore;
        while (index < type.Members.Count && type.Members[index] is FieldDeclarationSyntax)
        {
            index++;
        }

        var newLine = SyntaxFactory.ElasticCarriageReturnLineFeed;
        var spaced = index == type.Members.Count || index > 0
            ? field.WithTrailingTrivia(newLine)
            : field.WithTrailingTrivia(newLine, newLine);
        return type.WithMembers(type.Members.Insert(index, spaced.Formatted()));
    }

    public static bool IsInAsync(SyntaxNode node) => EnclosingFunction(node) switch
    {
        MethodDeclarationSyntax method => method.Modifiers.Any(SyntaxKind.AsyncKeyword),
        LocalFunctionStatementSyntax local => local.Modifiers.Any(SyntaxKind.AsyncKeyword),
        AnonymousFunctionExpressionSyntax lambda => !lambda.AsyncKeyword.IsKind(SyntaxKind.None),
        CompilationUnitSyntax => true,
        _ => false,
    };

    public static SyntaxNode? EnclosingFunction(SyntaxNode node) => node.Ancestors().FirstOrDefault(static ancestor =>
        ancestor is MethodDeclarationSyntax
            or LocalFunctionStatementSyntax
            or AnonymousFunctionExpressionSyntax
            or AccessorDeclarationSyntax
            or ConstructorDeclarationSyntax or CompilationUnitSyntax or PropertyDeclarationSyntax);

    public static string Unique(string wanted, IEnumerable<string> taken)
    {
        var names = new HashSet<string>(taken, StringComparer.Ordinal);
        var name = wanted;
        for (var i = 2; names.Contains(name); i++)
        {
            name = wanted + i;
        }

        return name;
    }

    public static string Camel(string name) => name.Length == 0 ? name : char.ToLowerInvariant(name[0]) + name.Substring(1);

    /// <summary>The comments around a node, each on a line of its own.</summary>
    public static IEnumerable<SyntaxTrivia> Comments(SyntaxNode node) => node.GetLeadingTrivia().Concat(node.GetTrailingTrivia())
        .Where(static trivia => trivia.IsKind(SyntaxKind.SingleLineCommentTrivia) || trivia.IsKind(SyntaxKind.MultiLineCommentTrivia))
        .SelectMany(static trivia => new[] { trivia, SyntaxFactory.ElasticCarriageReturnLineFeed });

    private static bool HasComment(SyntaxNode node) => node.GetLeadingTrivia().Concat(node.GetTrailingTrivia())
        .Any(static trivia => !trivia.IsKind(SyntaxKind.WhitespaceTrivia) && !trivia.IsKind(SyntaxKind.EndOfLineTrivia));
}
