using Microsoft.CodeAnalysis;

namespace WarmContext.Analyzers;

/// <summary>Finds what a call through an interface or a virtual method may reach within the compilation.</summary>
internal sealed class ImplementationFinder
{
    private readonly Compilation _compilation;
    private readonly Lazy<List<INamedTypeSymbol>> _types;

    public ImplementationFinder(Compilation compilation)
    {
        _compilation = compilation;
        _types = new Lazy<List<INamedTypeSymbol>>(AllTypes);
    }

    public IEnumerable<IMethodSymbol> Of(IMethodSymbol definition)
    {
        if (definition.ContainingType is { TypeKind: TypeKind.Interface } contract)
        {
            return _types.Value.SelectMany(type => Implementations(type, contract, definition));
        }

        return definition.IsAbstract || definition.IsVirtual || definition.IsOverride
            ? _types.Value.Where(type => Derives(type, definition.ContainingType)).SelectMany(type => Overrides(type, definition))
            : Enumerable.Empty<IMethodSymbol>();
    }

    public IEnumerable<INamedTypeSymbol> DerivedFrom(INamedTypeSymbol ancestor) => _types.Value.Where(type => Derives(type, ancestor));

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
            for (var overridden = (member as IMethodSymbol)?.OverriddenMethod; overridden is not null; overridden = overridden.OverriddenMethod)
            {
                if (SymbolEqualityComparer.Default.Equals(overridden.OriginalDefinition, definition))
                {
                    yield return (IMethodSymbol)member;
                    break;
                }
            }
        }
    }

    private static bool Derives(INamedTypeSymbol type, INamedTypeSymbol? ancestor) => type.BaseType.IsOrDerivesFrom(ancestor?.OriginalDefinition);

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
