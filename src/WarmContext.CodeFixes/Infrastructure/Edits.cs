using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;

namespace WarmContext.CodeFixes;

/// <summary>Edits that several fixes make. All keep the comments and line breaks around what they change.</summary>
internal static class Edits
{
    public static T Formatted<T>(this T node)
        where T : SyntaxNode => node.WithAdditionalAnnotations(Formatter.Annotation);

    public static ExpressionSyntax Expression(string text) => SyntaxFactory.ParseExpression(text).Formatted();

    public static ExpressionSyntax Replacing(this ExpressionSyntax replacement, SyntaxNode original) => replacement.WithTriviaFrom(original);

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
                .WithTrailingTrivia(statement.CloseParenToken.TrailingTrivia.Where(static trivia => !trivia.IsKind(SyntaxKind.EndOfLineTrivia)).Concat(new[] { SyntaxFactory.ElasticCarriageReturnLineFeed }))
                .Formatted();
            block = block.WithStatements(block.Statements.Insert(0, local));
        }

        return block.WithLeadingTrivia(statement.GetLeadingTrivia()).WithTrailingTrivia(statement.GetTrailingTrivia()).Formatted();
    }

    /// <summary>Takes a statement away and leaves its comments.</summary>
    public static SyntaxNode RemoveStatement(SyntaxNode root, StatementSyntax statement)
        => statement.Parent is BlockSyntax or GlobalStatementSyntax or SwitchSectionSyntax
            ? root.RemoveNode(statement.Parent is GlobalStatementSyntax ? statement.Parent : statement, HasComment(statement) ? SyntaxRemoveOptions.KeepExteriorTrivia : SyntaxRemoveOptions.KeepNoTrivia)!
            : root.ReplaceNode(statement, SyntaxFactory.Block().WithTriviaFrom(statement));

    /// <summary>Adds a field after the last field at the top of the type, or before everything else.</summary>
    public static TypeDeclarationSyntax AddField(TypeDeclarationSyntax type, string declaration)
    {
        var field = (FieldDeclarationSyntax)SyntaxFactory.ParseMemberDeclaration(declaration)!;
        var index = 0;
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
        ancestor is MethodDeclarationSyntax or LocalFunctionStatementSyntax or AnonymousFunctionExpressionSyntax or AccessorDeclarationSyntax
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

    private static bool HasComment(SyntaxNode node) => node.GetLeadingTrivia().Concat(node.GetTrailingTrivia())
        .Any(static trivia => !trivia.IsKind(SyntaxKind.WhitespaceTrivia) && !trivia.IsKind(SyntaxKind.EndOfLineTrivia));
}
