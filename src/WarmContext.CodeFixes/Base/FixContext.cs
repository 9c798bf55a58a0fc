using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace WarmContext.CodeFixes.Base;

/// <summary>A finding in the document as it is now: earlier fixes of the same fix-all may have changed it.</summary>
internal sealed class FixContext
{
    public FixContext(
        Document document,
        CompilationUnitSyntax root,
        SemanticModel model,
        SyntaxNode node,
        string key,
        string? keyword,
        CancellationToken cancellationToken)
    {
        Document = document;
        Root = root;
        Model = model;
        Node = node;
        Key = key;
        Keyword = keyword;
        CancellationToken = cancellationToken;
    }

    public Document Document { get; }

    public CompilationUnitSyntax Root { get; }

    public SemanticModel Model { get; }

    public SyntaxNode Node { get; }

    public string Key { get; }

    /// <summary>What the diagnostic says to remove, where it does.</summary>
    public string? Keyword { get; }

    public CancellationToken CancellationToken { get; }

    public bool IsWarm => Key == FixChoice.WarmContextKey;

    public bool HasType(string metadataName) => Model.Compilation.GetTypeByMetadataName(metadataName) is not null;

    public bool HasWarmContext => HasType("WarmContext.Warm`1");

    public ISymbol? SymbolOf(SyntaxNode node) => Model.GetSymbolInfo(node, CancellationToken).Symbol;

    public Document With(SyntaxNode root, params string[] namespaces)
    {
        var unit = (CompilationUnitSyntax)root;
        foreach (var name in namespaces)
        {
            unit = Usings.Add(unit, name, Model);
        }

        return Document.WithSyntaxRoot(unit);
    }
}
