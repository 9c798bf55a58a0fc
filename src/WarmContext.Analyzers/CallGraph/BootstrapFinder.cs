using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using WarmContext.Analyzers.Knowledge;

namespace WarmContext.Analyzers.CallGraph;

/// <summary>
/// Finds the handlers of executable functions: what is handed to LambdaBootstrapBuilder, HandlerWrapper or LambdaBootstrap.
/// </summary>
internal sealed class BootstrapFinder
{
    private readonly CompilationFacts _facts;
    private readonly Func<SyntaxTree, SemanticModel> _model;
    private readonly CancellationToken _cancellationToken;

    public BootstrapFinder(CompilationFacts facts, Func<SyntaxTree, SemanticModel> model, CancellationToken cancellationToken)
    {
        _facts = facts;
        _model = model;
        _cancellationToken = cancellationToken;
    }

    public void Find(HandlerFinder handlers)
    {
        foreach (var tree in _facts.Compilation.SyntaxTrees)
        {
            _cancellationToken.ThrowIfCancellationRequested();
            foreach (var node in tree.GetRoot(_cancellationToken).DescendantNodes())
            {
                var arguments = node switch
                {
                    InvocationExpressionSyntax call when IsBootstrapName(call.Expression) => call.ArgumentList,
                    ObjectCreationExpressionSyntax creation when HandlerFinder.SimpleName(creation.Type) == "LambdaBootstrap" =>
                        creation.ArgumentList,
                    ImplicitObjectCreationExpressionSyntax { Parent.Parent.Parent: VariableDeclarationSyntax { Type: { } type } } creation
                        when HandlerFinder.SimpleName(type) == "LambdaBootstrap" => creation.ArgumentList,
                    _ => null,
                };

                if (arguments is null || !IsRuntimeSupport(node))
                {
                    continue;
                }

                foreach (var argument in arguments.Arguments)
                {
                    AddHandler(argument.Expression, handlers);
                }

                AddProgram(node, handlers);
            }
        }
    }

    private static bool IsBootstrapName(ExpressionSyntax expression)
        => expression is MemberAccessExpressionSyntax { Expression: { } receiver }
        && (receiver is MemberAccessExpressionSyntax qualified
            ? qualified.Name.Identifier.ValueText
            : HandlerFinder.SimpleName(receiver)) is "LambdaBootstrapBuilder" or "HandlerWrapper";

    private bool IsRuntimeSupport(SyntaxNode node)
    {
        var symbol = _model(node.SyntaxTree).GetSymbolInfo(node, _cancellationToken);
        var found = symbol.Symbol ?? symbol.CandidateSymbols.FirstOrDefault();
        return found?.ContainingNamespace.Is("Amazon.Lambda.RuntimeSupport") ?? false;
    }

    private void AddHandler(ExpressionSyntax expression, HandlerFinder handlers, int depth = 0)
    {
        // Broken code can define two locals by each other.
        if (depth > 8)
        {
            return;
        }

        var model = _model(expression.SyntaxTree);
        if (expression is AnonymousFunctionExpressionSyntax lambda)
        {
            if (model.GetSymbolInfo(lambda, _cancellationToken).Symbol is IMethodSymbol symbol)
            {
                handlers.Add(symbol, lambda, program: true);
            }

            return;
        }

        var info = model.GetSymbolInfo(expression, _cancellationToken);
        switch (info.Symbol ?? info.CandidateSymbols.FirstOrDefault())
        {
            case IMethodSymbol { MethodKind: MethodKind.LocalFunction } local:
                foreach (var node in local.DeclarationsIn(_facts.Compilation, _cancellationToken))
                {
                    handlers.Add(local, node, program: true);
                }

                break;
            case IMethodSymbol method:
                foreach (var node in method.OriginalDefinition.DeclarationsIn(_facts.Compilation, _cancellationToken))
                {
                    handlers.Add(method.OriginalDefinition, node, program: false);
                }

                break;

            // var handler = (Request r, ILambdaContext c) => …; and static readonly Func<…> s_handler = …
            case (ILocalSymbol or IFieldSymbol) and { } variable
                when variable.DeclarationsIn(_facts.Compilation, _cancellationToken).FirstOrDefault()
                is VariableDeclaratorSyntax { Initializer.Value: { } value } && value != expression:
                AddHandler(value, handlers, depth + 1);
                break;
            default:
                // new Func<…>(method) and casts
                if (model.GetOperation(expression, _cancellationToken) is IDelegateCreationOperation { Target: { } target }
                    && target.Syntax is ExpressionSyntax inner
                    && inner != expression)
                {
                    AddHandler(inner, handlers, depth + 1);
                }

                break;
        }
    }

    private void AddProgram(SyntaxNode node, HandlerFinder handlers)
    {
        for (var current = node.Parent; current is not null; current = current.Parent)
        {
            var symbol = current switch
            {
                MethodDeclarationSyntax method => _model(node.SyntaxTree).GetDeclaredSymbol(method, _cancellationToken) as IMethodSymbol,
                CompilationUnitSyntax => _model(node.SyntaxTree).GetEnclosingSymbol(node.SpanStart, _cancellationToken) as IMethodSymbol,
                _ => null,
            };

            if (symbol is not null)
            {
                if (!handlers.InitPrograms.Exists(program => program.Node == current))
                {
                    handlers.InitPrograms.Add((symbol, current));
                }

                return;
            }
        }
    }
}
