using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using WarmContext.Analyzers.Knowledge;

namespace WarmContext.Analyzers.CallGraph;

/// <summary>
/// Finds the handlers: methods with an ILambdaContext parameter, [LambdaFunction] methods, delegates given to LambdaBootstrapBuilder, and
/// those that a deployment file names. Declarations are screened by syntax; only promising ones are looked up.
/// </summary>
internal sealed class HandlerFinder
{
    private readonly CompilationFacts _facts;
    private readonly Func<SyntaxTree, SemanticModel> _model;
    private readonly CancellationToken _cancellationToken;
    private readonly Dictionary<SyntaxNode, IMethodSymbol> _found = new();
    private readonly HashSet<string> _contextNames = new(StringComparer.Ordinal) { "ILambdaContext" };

    public HandlerFinder(CompilationFacts facts, Func<SyntaxTree, SemanticModel> model, CancellationToken cancellationToken)
    {
        _facts = facts;
        _model = model;
        _cancellationToken = cancellationToken;
    }

    /// <summary>Handlers that are lambdas or local functions of a program: their containing type is no handler type.</summary>
    public HashSet<SyntaxNode> Programs { get; } = new();

    /// <summary>Entry points that start a bootstrap: they run at Init.</summary>
    public List<(IMethodSymbol Symbol, SyntaxNode Node)> InitPrograms { get; } = new();

    public IEnumerable<(IMethodSymbol Symbol, SyntaxNode Node)> Find()
    {
        foreach (var tree in _facts.Compilation.SyntaxTrees)
        {
            AddContextNames(tree);
        }

        foreach (var tree in _facts.Compilation.SyntaxTrees)
        {
            _cancellationToken.ThrowIfCancellationRequested();
            if (!GeneratedCode.Is(tree, _cancellationToken))
            {
                ScanMembers(tree);
            }
        }

        FindNamed();
        if (_facts.Types.LambdaBootstrapBuilder is not null)
        {
            new BootstrapFinder(_facts, _model, _cancellationToken).Find(this);
        }

        return _found.Select(static pair => (pair.Value, pair.Key));
    }

    public void Add(IMethodSymbol symbol, SyntaxNode node, bool program)
    {
        _found[node] = symbol;
        if (program)
        {
            Programs.Add(node);
        }
    }

    private void ScanMembers(SyntaxTree tree)
    {
        var root = (CompilationUnitSyntax)tree.GetRoot(_cancellationToken);
        foreach (var node in root.DescendantNodes(
            static node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax or TypeDeclarationSyntax))
        {
            if (node is MethodDeclarationSyntax method
                && (method.ParameterList.Parameters.Any(parameter => _contextNames.Contains(SimpleName(parameter.Type)))
                    || HasLambdaAttribute(method))
                && _model(tree).GetDeclaredSymbol(method, _cancellationToken) is { } symbol
                && IsHandler(symbol))
            {
                Add(symbol, method, program: false);
            }
        }
    }

    public bool IsHandler(IMethodSymbol method)
        => method.Parameters.Any(parameter => parameter.Type.IsOrImplements(_facts.Types.LambdaContext))
        || method.GetAttributes().Any(attribute => KnownTypes.Is(attribute.AttributeClass, _facts.Types.LambdaFunctionAttribute));

    private void FindNamed()
    {
        foreach (var name in _facts.Templates.Handlers)
        {
            var separator = name.IndexOf("::", StringComparison.Ordinal);
            for (var type = _facts.Compilation.GetTypeByMetadataName(name.Substring(0, separator)); type is not null; type = type.BaseType)
            {
                foreach (var method in type.GetMembers(name.Substring(separator + 2)).OfType<IMethodSymbol>())
                {
                    var definition = method.OriginalDefinition;
                    var implementation = definition.PartialImplementationPart ?? definition;
                    foreach (var node in implementation.DeclarationsIn(_facts.Compilation, _cancellationToken))
                    {
                        Add(definition, node, program: false);
                    }
                }
            }
        }
    }

    /// <summary>
    /// Aliases of ILambdaContext. One of another file does no harm: names only screen, and what is promising is looked up.
    /// </summary>
    private void AddContextNames(SyntaxTree tree)
    {
        var root = (CompilationUnitSyntax)tree.GetRoot(_cancellationToken);
        foreach (var directive in root.Usings.Concat(
            root.Members.OfType<BaseNamespaceDeclarationSyntax>().SelectMany(static space => space.Usings)))
        {
            if (directive.Alias is { } alias && SimpleName(directive.Name) == "ILambdaContext")
            {
                _contextNames.Add(alias.Name.Identifier.ValueText);
            }
        }
    }

    private static bool HasLambdaAttribute(MethodDeclarationSyntax method)
        => method.AttributeLists.Any(static list =>
            list.Attributes.Any(static attribute => SimpleName(attribute.Name) is "LambdaFunction" or "LambdaFunctionAttribute"));

    public static string SimpleName(SyntaxNode? type) => type switch
    {
        SimpleNameSyntax name => name.Identifier.ValueText,
        QualifiedNameSyntax name => name.Right.Identifier.ValueText,
        AliasQualifiedNameSyntax name => name.Name.Identifier.ValueText,
        NullableTypeSyntax nullable => SimpleName(nullable.ElementType),
        _ => string.Empty,
    };
}
