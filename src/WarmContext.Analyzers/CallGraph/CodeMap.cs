using Microsoft.CodeAnalysis;

namespace WarmContext.Analyzers.CallGraph;

/// <summary>The call graph's result: which code runs in an invocation, which at Init, and the types that take part.</summary>
internal sealed class CodeMap
{
    private static readonly List<CodeBody> s_none = new();

    private readonly Dictionary<SyntaxTree, List<CodeBody>> _bodies;

    public CodeMap(
        Dictionary<SyntaxTree, List<CodeBody>> bodies,
        HashSet<INamedTypeSymbol> handlerTypes,
        HashSet<INamedTypeSymbol> touchedTypes,
        HashSet<INamedTypeSymbol> createdTypes,
        DataFlow flow)
    {
        _bodies = bodies;
        HandlerTypes = handlerTypes;
        TouchedTypes = touchedTypes;
        CreatedTypes = createdTypes;
        Flow = flow;
    }

    /// <summary>Types with a handler in them. The runtime builds one instance per environment.</summary>
    public HashSet<INamedTypeSymbol> HandlerTypes { get; }

    /// <summary>Types whose code or statics a handler uses, handler types included.</summary>
    public HashSet<INamedTypeSymbol> TouchedTypes { get; }

    /// <summary>Types of which code that runs in an invocation builds instances: their fields last no longer than that.</summary>
    public HashSet<INamedTypeSymbol> CreatedTypes { get; }

    public DataFlow Flow { get; }

    public IEnumerable<CodeBody> AllBodies => _bodies.Values.SelectMany(static bodies => bodies);

    public IReadOnlyList<CodeBody> BodiesIn(SyntaxTree tree) => _bodies.TryGetValue(tree, out var bodies) ? bodies : s_none;

    /// <summary>True when instances of the type serve many invocations: handlers and what they hold.</summary>
    public bool OutlivesInvocation(INamedTypeSymbol? type)
    {
        if (type is null)
        {
            return false;
        }

        var definition = type.OriginalDefinition;
        return HandlerTypes.Contains(definition) || (TouchedTypes.Contains(definition) && !CreatedTypes.Contains(definition));
    }
}
