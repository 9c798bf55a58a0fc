using Microsoft.CodeAnalysis;

namespace WarmContext.Analyzers.Knowledge;

internal static class SymbolExtensions
{
    public static bool IsOrDerivesFrom(this ITypeSymbol? type, ITypeSymbol? ancestor)
    {
        if (ancestor is null)
        {
            return false;
        }

        for (var current = type; current is not null; current = current.BaseType)
        {
            if (SymbolEqualityComparer.Default.Equals(current.OriginalDefinition, ancestor))
            {
                return true;
            }
        }

        return false;
    }

    public static bool IsOrImplements(this ITypeSymbol? type, ITypeSymbol? contract)
    {
        if (type is null || contract is null)
        {
            return false;
        }

        if (SymbolEqualityComparer.Default.Equals(type.OriginalDefinition, contract))
        {
            return true;
        }

        foreach (var implemented in type.AllInterfaces)
        {
            if (SymbolEqualityComparer.Default.Equals(implemented.OriginalDefinition, contract))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Namespace and name with arity, as in metadata: System.Lazy`1, Outer+Inner.</summary>
    public static string FullMetadataName(this ITypeSymbol type)
    {
        if (type.ContainingType is { } outer)
        {
            return outer.FullMetadataName() + "+" + type.MetadataName;
        }

        return type.ContainingNamespace is { IsGlobalNamespace: false } space
            ? space.ToDisplayString() + "." + type.MetadataName
            : type.MetadataName;
    }

    public static bool IsNamed(this ITypeSymbol? type, string space, string name)
        => type is not null && type.Name == name && type.ContainingType is null && type.ContainingNamespace.Is(space);

    /// <summary>
    /// True for the namespace of that full name. Compared part by part, from the last: this is asked for every call of a body, and no text
    /// need be made.
    /// </summary>
    public static bool Is(this INamespaceSymbol? space, string name)
    {
        var end = name.Length;
        for (var current = space; current is { IsGlobalNamespace: false }; current = current.ContainingNamespace)
        {
            var part = current.Name;
            end -= part.Length;
            if (end < 0 || string.CompareOrdinal(name, end, part, 0, part.Length) != 0)
            {
                return false;
            }

            if (end == 0)
            {
                return current.ContainingNamespace is { IsGlobalNamespace: true };
            }

            end--;
            if (end <= 0 || name[end] != '.')
            {
                return false;
            }
        }

        return false;
    }

    /// <summary>True for the top namespace of that name and those in it.</summary>
    public static bool IsWithin(this INamespaceSymbol? space, string top)
    {
        for (var current = space; current is { IsGlobalNamespace: false }; current = current.ContainingNamespace)
        {
            if (current.ContainingNamespace is { IsGlobalNamespace: true })
            {
                return current.Name == top;
            }
        }

        return false;
    }

    /// <summary>The symbol as messages name it: Type.Member.</summary>
    public static string Named(this ISymbol symbol)
        => symbol is IMethodSymbol { MethodKind: MethodKind.AnonymousFunction } || string.IsNullOrEmpty(symbol.Name)
            ? "the handler"
            : symbol.Name;

    /// <summary>
    /// True for what the project declares. What another project declares counts as metadata, though an editor has its source at hand:
    /// editor and build must agree, and the compilation has no model of it.
    /// </summary>
    public static bool IsDeclaredIn(this ISymbol symbol, Compilation compilation) =>
        SymbolEqualityComparer.Default.Equals(symbol.ContainingAssembly, compilation.Assembly);

    /// <summary>Where the project declares the symbol; nothing for another project's.</summary>
    public static IEnumerable<SyntaxNode> DeclarationsIn(
        this ISymbol symbol, Compilation compilation, CancellationToken cancellationToken) =>
        symbol.IsDeclaredIn(compilation)
            ? symbol.DeclaringSyntaxReferences.Select(reference => reference.GetSyntax(cancellationToken))
            : [];

    public static bool IsDisposeMethod(this ISymbol symbol) =>
        symbol is IMethodSymbol { Name: "Dispose" or "DisposeAsync" or "DisposeAsyncCore" or "DisposeCore" };

    /// <summary>The type of a field or property; null for anything else.</summary>
    public static ITypeSymbol? MemberType(this ISymbol? symbol) => symbol switch
    {
        IFieldSymbol field => field.Type,
        IPropertySymbol property => property.Type,
        ILocalSymbol local => local.Type,
        IParameterSymbol parameter => parameter.Type,
        _ => null,
    };
}
