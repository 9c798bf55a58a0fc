using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;

namespace WarmContext.CodeFixes.Base;

internal static class Usings
{
    /// <summary>Adds a using directive unless the file, a global using or the namespace itself brings the names in.</summary>
    public static CompilationUnitSyntax Add(CompilationUnitSyntax root, string name, SemanticModel model)
    {
        if (HasUsing(root.Usings, name)
            || root.Members.OfType<BaseNamespaceDeclarationSyntax>().Any(space => HasUsing(space.Usings, name) || IsInside(space, name))
            || IsGlobal(model, name))
        {
            return root;
        }

        var directive = SyntaxFactory.UsingDirective(SyntaxFactory.ParseName(name)).NormalizeWhitespace()
            .WithTrailingTrivia(SyntaxFactory.ElasticCarriageReturnLineFeed).WithAdditionalAnnotations(Formatter.Annotation);
        if (root.Usings.Count > 0)
        {
            return root.AddUsings(directive);
        }

        // What the file begins with, a licence header say, stays at its beginning.
        var first = root.GetFirstToken(includeZeroWidth: true);
        return root.ReplaceToken(first, first.WithLeadingTrivia()).AddUsings(directive).WithLeadingTrivia(first.LeadingTrivia);
    }

    private static bool HasUsing(SyntaxList<UsingDirectiveSyntax> usings, string name)
        => usings.Any(
            directive => directive.Alias is null && directive.StaticKeyword.IsKind(SyntaxKind.None) && directive.Name?.ToString() == name);

    private static bool IsInside(BaseNamespaceDeclarationSyntax space, string name)
        => space.Name.ToString() == name || space.Name.ToString().StartsWith(name + ".", StringComparison.Ordinal);

    private static bool IsGlobal(SemanticModel model, string name) => model.Compilation.SyntaxTrees.Any(tree =>
        tree.TryGetRoot(out var root)
            && root is CompilationUnitSyntax unit
            && unit.Usings.Any(directive => !directive.GlobalKeyword.IsKind(SyntaxKind.None)
            && directive.Name?.ToString().Replace("global::", string.Empty) == name));
}
