using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using WarmContext.Analyzers.Knowledge;

namespace WarmContext.Analyzers.CallGraph;

/// <summary>
/// Walks from the handlers along calls within the compilation. Only code that is reached gets bound, so a large project with few handlers
/// stays cheap.
/// </summary>
internal sealed class CodeMapBuilder
{
    private static readonly OperationKind[] s_followed =
    {
        OperationKind.Invocation, OperationKind.MethodReference, OperationKind.PropertyReference, OperationKind.FieldReference,
        OperationKind.ObjectCreation,
    };

    private readonly CompilationFacts _facts;
    private readonly CancellationToken _cancellationToken;
    private readonly ImplementationFinder _implementations;
    private readonly Queue<(ISymbol Symbol, SyntaxNode? Node, BodyKind Kind, bool IsHandler)> _queue = new();
    private readonly HashSet<(ISymbol, SyntaxNode)> _visited = new();
    private readonly HashSet<(ISymbol, BodyKind)> _called = new();
    private readonly Dictionary<SyntaxTree, SemanticModel> _models = new();
    private readonly Dictionary<SyntaxTree, bool> _generated = new();
    private readonly Dictionary<SyntaxTree, List<CodeBody>> _bodies = new();
    private readonly HashSet<INamedTypeSymbol> _handlerTypes = new(SymbolEqualityComparer.Default);
    private readonly HashSet<INamedTypeSymbol> _touched = new(SymbolEqualityComparer.Default);
    private readonly HashSet<INamedTypeSymbol> _created = new(SymbolEqualityComparer.Default);
    private readonly Queue<INamedTypeSymbol> _newTypes = new();

    public CodeMapBuilder(CompilationFacts facts, CancellationToken cancellationToken)
    {
        _facts = facts;
        _cancellationToken = cancellationToken;
        _implementations = new ImplementationFinder(facts.Compilation);
    }

    public CodeMap Build()
    {
        var finder = new HandlerFinder(_facts, Model, _cancellationToken);
        foreach (var (symbol, node) in finder.Find())
        {
            if (symbol.ContainingType is { } type && !finder.Programs.Contains(node))
            {
                _handlerTypes.Add(type.OriginalDefinition);
            }

            _queue.Enqueue((symbol, node, BodyKind.Invocation, true));
        }

        // An inherited handler runs in an object of the deriving type, and one that derives has its base's fields.
        if (_handlerTypes.Any(static type => type is { TypeKind: TypeKind.Class, IsSealed: false }))
        {
            _handlerTypes.UnionWith(_implementations.DerivedFrom(_handlerTypes).ToList());
        }

        _handlerTypes.UnionWith(_handlerTypes.SelectMany(BasesOf).ToList());

        // What a handler reaches comes first: code that runs both then and at Init is judged as the former.
        Drain();

        // Made by another handler, a type that only takes the context along is no handler the runtime makes.
        _handlerTypes.ExceptWith(_created);
        foreach (var type in _handlerTypes)
        {
            Touch(type);
        }

        foreach (var (symbol, node) in finder.InitPrograms)
        {
            _queue.Enqueue((symbol, node, BodyKind.Init, false));
        }

        while (_newTypes.Count > 0 || _queue.Count > 0)
        {
            Drain();
            while (_newTypes.Count > 0)
            {
                AddInitialization(_newTypes.Dequeue());
            }
        }

        return new CodeMap(_bodies, _handlerTypes, _touched, _created, new DataFlow(_facts, _implementations));
    }

    private void Drain()
    {
        while (_queue.Count > 0)
        {
            _cancellationToken.ThrowIfCancellationRequested();
            var (symbol, node, kind, isHandler) = _queue.Dequeue();
            if (node is not null)
            {
                Visit(symbol, node, kind, isHandler);
                continue;
            }

            foreach (var declaration in symbol.DeclarationsIn(_facts.Compilation, _cancellationToken))
            {
                Visit(symbol, declaration, kind, isHandler);
            }
        }
    }

    private void Visit(ISymbol symbol, SyntaxNode node, BodyKind kind, bool isHandler)
    {
        if (!HasCode(node) || IsGenerated(node.SyntaxTree) || !_visited.Add((symbol, node)))
        {
            return;
        }

        Touch(symbol.ContainingType);
        if (Model(node.SyntaxTree).GetOperation(node, _cancellationToken) is not { } root)
        {
            return;
        }

        var body = new CodeBody(node, symbol, kind, isHandler, root);
        if (!_bodies.TryGetValue(node.SyntaxTree, out var list))
        {
            _bodies.Add(node.SyntaxTree, list = new List<CodeBody>());
        }

        list.Add(body);
        foreach (var operation in body.Of(s_followed))
        {
            Follow(operation, kind);
        }
    }

    private void Follow(IOperation operation, BodyKind kind)
    {
        switch (operation)
        {
            case IInvocationOperation call:
                Call(call.TargetMethod, operation, kind);
                break;
            case IMethodReferenceOperation reference:
                Call(reference.Method, operation, kind);
                break;
            case IPropertyReferenceOperation { Property: { } property } when IsOurs(property):
                TouchStatic(property);
                Call(property.GetMethod, operation, kind);
                Call(property.SetMethod, operation, kind);
                break;
            case IFieldReferenceOperation { Field: { } field }:
                TouchStatic(field);
                break;
            case IObjectCreationOperation { Type: INamedTypeSymbol type } when IsOurs(type):
                Touch(type);
                if (kind == BodyKind.Invocation && !CreationContext.IsKept(operation))
                {
                    _created.Add(type.OriginalDefinition);
                }

                break;
        }
    }

    private void Call(IMethodSymbol? method, IOperation site, BodyKind kind)
    {
        if (method is null
            || !IsOurs(method)
            || method.MethodKind is MethodKind.LocalFunction or MethodKind.AnonymousFunction
            || CreationContext.IsDeferred(site))
        {
            return;
        }

        var definition = (method.ReducedFrom ?? method).OriginalDefinition;
        if (!_called.Add((definition, kind)))
        {
            return;
        }

        _queue.Enqueue((definition.PartialImplementationPart ?? definition, null, kind, false));
        foreach (var implementation in _implementations.Of(definition))
        {
            _queue.Enqueue((implementation, null, kind, false));
        }
    }

    private void AddInitialization(INamedTypeSymbol type)
    {
        var instanceKind = _handlerTypes.Contains(type) ? BodyKind.Init : BodyKind.Construction;
        foreach (var member in type.GetMembers())
        {
            var kind = member.IsStatic ? BodyKind.Init : instanceKind;
            switch (member)
            {
                case IMethodSymbol { MethodKind: MethodKind.Constructor or MethodKind.StaticConstructor, IsImplicitlyDeclared: false }:
                    _queue.Enqueue((member, null, kind, false));
                    break;
                case IFieldSymbol or IPropertySymbol:
                    foreach (var node in member.DeclarationsIn(_facts.Compilation, _cancellationToken))
                    {
                        var initializer = node is VariableDeclaratorSyntax variable
                            ? variable.Initializer
                            : (node as PropertyDeclarationSyntax)?.Initializer;
                        if (initializer is not null)
                        {
                            _queue.Enqueue((member, initializer, kind, false));
                        }
                    }

                    break;
            }
        }
    }

    private void TouchStatic(ISymbol member)
    {
        if (member.IsStatic && IsOurs(member))
        {
            Touch(member.ContainingType);
        }
    }

    private IEnumerable<INamedTypeSymbol> BasesOf(INamedTypeSymbol type)
    {
        for (var current = type.BaseType?.OriginalDefinition;
            current is not null && IsOurs(current);
            current = current.BaseType?.OriginalDefinition)
        {
            yield return current;
        }
    }

    private void Touch(INamedTypeSymbol? type)
    {
        for (var current = type?.OriginalDefinition; current is not null && IsOurs(current); current = current.BaseType?.OriginalDefinition)
        {
            if (!_touched.Add(current))
            {
                return;
            }

            _newTypes.Enqueue(current);
        }
    }

    private bool IsGenerated(SyntaxTree tree)
    {
        if (!_generated.TryGetValue(tree, out var generated))
        {
            _generated.Add(tree, generated = GeneratedCode.Is(tree, _cancellationToken));
        }

        return generated;
    }

    private bool IsOurs(ISymbol symbol) => symbol.IsDeclaredIn(_facts.Compilation);

    private SemanticModel Model(SyntaxTree tree)
    {
        if (!_models.TryGetValue(tree, out var model))
        {
            // A call graph crosses files, so no model of one callback will do. The driver's model cache is behind this call:
            // nothing is bound twice.
#pragma warning disable RS1030
            _models.Add(tree, model = _facts.Compilation.GetSemanticModel(tree));
#pragma warning restore RS1030
        }

        return model;
    }

    private static bool HasCode(SyntaxNode node) => node switch
    {
        BaseMethodDeclarationSyntax method => method.Body is not null || method.ExpressionBody is not null,
        LocalFunctionStatementSyntax local => local.Body is not null || local.ExpressionBody is not null,
        AccessorDeclarationSyntax accessor => accessor.Body is not null || accessor.ExpressionBody is not null,
        AnonymousFunctionExpressionSyntax or ArrowExpressionClauseSyntax or CompilationUnitSyntax or EqualsValueClauseSyntax => true,
        _ => false,
    };
}
