using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using WarmContext.Analyzers.CallGraph;
using WarmContext.Analyzers.Knowledge;

namespace WarmContext.Analyzers.Recognizers;

/// <summary>Tells calls that leave the process, or wait for something that does, from those that don't.</summary>
internal static class InputOutput
{
    private const int MaxDepth = 4;

    public static bool Is(IMethodSymbol method, KnownTypes types)
    {
        if (method.ContainingType is not { } type)
        {
            return false;
        }

        var space = type.ContainingNamespace;
        return type.Name switch
        {
            "File" or "Directory" when space.Is("System.IO") => !method.Name.StartsWith("Exists", StringComparison.Ordinal),
            "Dns" when space.Is("System.Net") => true,
            "HttpClient" when space.Is("System.Net.Http") =>
                method.Name is "Send" or "CancelPendingRequests" || method.Name.EndsWith("Async", StringComparison.Ordinal),
            "ConnectionMultiplexer" => method.Name.StartsWith("Connect", StringComparison.Ordinal),
            _ =>
                IsOfConnection(method, types)
                    || (method.Name.EndsWith("Async", StringComparison.Ordinal) && space.IsWithin("Amazon"))
                    || IsBlockingWait(method, types),
        };
    }

    /// <summary>Blocks the thread until a task ends: Wait, GetResult.</summary>
    public static bool IsBlockingWait(IMethodSymbol method, KnownTypes types)
        => (method.Name is "Wait" or "WaitAll" or "WaitAny" && types.IsTask(method.ContainingType))
        || (method.Name == "GetResult" && method.ContainingType.Name.EndsWith("Awaiter", StringComparison.Ordinal));

    public static bool IsBlockingResult(IOperation operation, KnownTypes types)
        => operation is IPropertyReferenceOperation { Property: { Name: "Result", ContainingType: { } owner } } && types.IsTask(owner);

    /// <summary>True when a method of this compilation does I/O in its own body or in what that calls.</summary>
    public static bool IsIn(IMethodSymbol method, CompilationFacts facts, CancellationToken cancellationToken) =>
        IsIn(method, facts, 0, cancellationToken);

    private static bool IsIn(IMethodSymbol method, CompilationFacts facts, int depth, CancellationToken cancellationToken)
    {
        if (depth >= MaxDepth || !method.IsDeclaredIn(facts.Compilation))
        {
            return false;
        }

        foreach (var node in method.OriginalDefinition.DeclarationsIn(facts.Compilation, cancellationToken))
        {
            // The factory may be anywhere in the project; the compilation is at hand, its model cache too.
#pragma warning disable RS1030
            var root = facts.Compilation.GetSemanticModel(node.SyntaxTree).GetOperation(node, cancellationToken);
#pragma warning restore RS1030
            if (root is null)
            {
                continue;
            }

            foreach (var operation in root.SelfAndDescendants())
            {
                if (operation is IAwaitOperation || IsBlockingResult(operation, facts.Types)
                    || (operation is IInvocationOperation { TargetMethod: { } callee }
                        && (Is(callee, facts.Types) || IsIn(callee, facts, depth + 1, cancellationToken))))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool IsOfConnection(IMethodSymbol method, KnownTypes types)
        => (types.IsDbConnection(method.ContainingType) && method.Name is "Open" or "OpenAsync")
        || (method.ContainingType.IsOrDerivesFrom(types.DbDataSource)
            && method.Name.StartsWith("OpenConnection", StringComparison.Ordinal));
}
