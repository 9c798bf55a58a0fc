using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;
using WarmContext.Analyzers.Knowledge;

namespace WarmContext.Analyzers.CallGraph;

/// <summary>Finds what a call through an interface or a virtual method may reach within the compilation.</summary>
internal sealed class ImplementationFinder
{
    private static readonly List<IMethodSymbol> s_none = new();

    private readonly Compilation _compilation;
    private readonly Lazy<List<INamedTypeSymbol>> _types;
    private readonly ConcurrentDictionary<IMethodSymbol, List<IMethodSymbol>> _found = new(SymbolEqualityComparer.Default);

    public ImplementationFinder(Compilation compilation)
    {
        _compilation = compilation;
        _types = new Lazy<List<INamedTypeSymbol>>(AllTypes);
    }

    /// <summary>What the method may reach besides itself. Found once for all calls of it: every type of the project is asked.</summary>
    public List<IMethodSymbol> Of(IMethodSymbol definition)
        => definition.IsAbstract
            || definition.IsVirtual
            || definition.IsOverride
            || definition.ContainingType is { TypeKind: TypeKind.Interface }
            ? _found.GetOrAdd(definition, Find)
            : s_none;

    /// <summary>The types that derive from one of those given.</summary>
    public IEnumerable<INamedTypeSymbol> DerivedFrom(HashSet<INamedTypeSymbol> ancestors) => _types.Value.Where(type =>
    {
        for (var current = type.BaseType; current is not null; current = current.BaseType)
        {
            if (ancestors.Contains(current.OriginalDefinition))
            {
                return true;
            }
        }

        return false;
    });

    private List<IMethodSymbol> Find(IMethodSymbol definition)
        => (definition.ContainingType is { TypeKind: TypeKind.Interface } contract
            ? _types.Value.SelectMany(type => Implementations(type, contract, definition))
            : _types.Value.Where(type => Derives(type, definition.ContainingType))
                .SelectMany(type => Overrides(type, definition))).ToList();

    private static IEnumerable<IMethodSymbol> Implementations(INamedTypeSymbol type, INamedTypeSymbol contract, IMethodSymbol definition)
    {
        foreach (var implemented in type.AllInterfaces)
        {
            if (!SymbolEqualityComparer.Default.Equals(implemented.OriginalDefinition, contract.OriginalDefinition))
            {
                continue;
            }

            foreach (var member in implemented.GetMembers(definition.Name))
            {
                if (SymbolEqualityComparer.Default.Equals(member.OriginalDefinition, definition)
                    && type.FindImplementationForInterfaceMember(member) is IMethodSymbol implementation)
                {
                    yield return implementation.OriginalDefinition;
                }
            }
        }
    }

    private static IEnumerable<IMethodSymbol> Overrides(INamedTypeSymbol type, IMethodSymbol definition)
    {
        foreach (var member in type.GetMembers(definition.Name))
        {
            for (var overridden = (member as IMethodSymbol)?.OverriddenMethod;
                overridden is not null;
                overridden = overridden.OverriddenMethod)
            {
                if (SymbolEqualityComparer.Default.Equals(overridden.OriginalDefinition, definition))
                {
                    yield return (IMethodSymbol)member;
                    break;
                }
            }
        }
    }

    private static bool Derives(INamedTypeSymbol type, INamedTypeSymbol? ancestor) =>
        type.BaseType.IsOrDerivesFrom(ancestor?.OriginalDefinition);

    private List<INamedTypeSymbol> AllTypes()
    {
        var types = new List<INamedTypeSymbol>();
        var spaces = new Stack<INamespaceOrTypeSymbol>();
        spaces.Push(_compilation.Assembly.GlobalNamespace);
        while (spaces.Count > 0)
        {
            foreach (var member in spaces.Pop().GetMembers())
            {
                if (member is INamespaceOrTypeSymbol inner)
                {
                    spaces.Push(inner);
                }

                if (member is INamedTypeSymbol { TypeKind: TypeKind.Class or TypeKind.Struct } type)
                {
                    types.Add(type);
                }
            }
        }

        return types;
    }
}
