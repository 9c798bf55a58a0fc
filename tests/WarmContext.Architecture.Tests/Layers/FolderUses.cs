using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using WarmContext.Architecture.Tests.Sources;

namespace WarmContext.Architecture.Tests.Layers;

/// <summary>Every use of one folder's types in another folder, as the compiler binds the names.</summary>
internal sealed class FolderUses
{
    private readonly Dictionary<SyntaxTree, SourceFile> _files = [];
    private readonly Dictionary<string, string> _folderOfNamespace = new(StringComparer.Ordinal);
    private readonly HashSet<FolderUse> _found = [];
    private readonly List<string> _unbound = [];
    private bool _usesGeneratedJson;

    public FolderUses(SourceProject project, CSharpCompilation compilation)
    {
        var files = project.Files.ToDictionary(static file => file.Path);
        foreach (var tree in compilation.SyntaxTrees)
        {
            if (files.TryGetValue(tree.FilePath, out var file))
            {
                _files.Add(tree, file);
                _folderOfNamespace[Namespaces.Of(project, file)] = file.Folder;
            }
        }

        // Public types of all folders are in it.
        _folderOfNamespace.Remove(project.Name);
        foreach (var (tree, file) in _files)
        {
            Walk(compilation.GetSemanticModel(tree), file);
        }
    }

    public IReadOnlyCollection<FolderUse> Found => _found;

    /// <summary>Names that the compiler can't bind here: uses that nobody sees, so no rule is held by them.</summary>
    public IReadOnlyList<string> Unbound => _unbound;

    private void Walk(SemanticModel model, SourceFile file)
    {
        _usesGeneratedJson = false;
        var before = _unbound.Count;
        foreach (var node in model.SyntaxTree.GetRoot().DescendantNodes())
        {
            foreach (var (folder, name) in Uses(model, node).Where(use => use.Folder != file.Folder))
            {
                _found.Add(new FolderUse(file.Path, LineOf(node), file.Folder, folder, name));
            }
        }

        // The other half of a JSON context is written by the source generator, which doesn't run here.
        if (_usesGeneratedJson)
        {
            _unbound.RemoveRange(before, _unbound.Count - before);
        }
    }

    private IEnumerable<(string Folder, string Name)> Uses(SemanticModel model, SyntaxNode node)
    {
        if (node is UsingDirectiveSyntax { NamespaceOrType: { } imported })
        {
            return model.GetSymbolInfo(imported).Symbol is INamespaceSymbol space
                && _folderOfNamespace.TryGetValue(space.ToDisplayString(), out var folder)
                ? [(folder, "using " + space.ToDisplayString())]
                : [];
        }

        // What has no name here, like the type of new(), is named by a folder below, which is looked at too.
        if (node is not SimpleNameSyntax)
        {
            return [];
        }

        var info = model.GetSymbolInfo(node);
        var symbol = info.Symbol ?? info.CandidateSymbols.FirstOrDefault();
        if (symbol is null && !HasNoMeaningOfItsOwn(node))
        {
            _unbound.Add($"{model.SyntaxTree.FilePath}({LineOf(node)}): {node}");
        }

        _usesGeneratedJson |= symbol is INamedTypeSymbol { BaseType.Name: "JsonSerializerContext" };
        return symbol is null || TypeOf(symbol) is not { } type ? [] : FoldersOf(type).Select(folder => (folder, type.Name));
    }

    // nameof itself, the name of an argument, the new name in an alias, where T : unmanaged.
    private static bool HasNoMeaningOfItsOwn(SyntaxNode node) =>
        node is IdentifierNameSyntax { Identifier.ValueText: "nameof", Parent: InvocationExpressionSyntax }
            or { Parent: NameColonSyntax or NameEqualsSyntax or TypeConstraintSyntax };

    private static INamedTypeSymbol? TypeOf(ISymbol symbol)
    {
        var type = symbol switch
        {
            IMethodSymbol { ReducedFrom: { } extension } => extension.ContainingType,
            INamedTypeSymbol named => named,
            _ => symbol.ContainingType,
        };
        while (type?.ContainingType is { } outer)
        {
            type = outer;
        }

        return type?.OriginalDefinition;
    }

    private static int LineOf(SyntaxNode node) => node.GetLocation().GetLineSpan().StartLinePosition.Line + 1;

    private IEnumerable<string> FoldersOf(INamedTypeSymbol type) =>
        type.DeclaringSyntaxReferences.Select(reference => _files.GetValueOrDefault(reference.SyntaxTree)?.Folder)
            .OfType<string>()
            .Distinct();
}
