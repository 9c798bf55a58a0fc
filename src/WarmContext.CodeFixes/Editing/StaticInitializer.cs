using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using WarmContext.CodeFixes.Base;

namespace WarmContext.CodeFixes.Editing;

/// <summary>Tells whether an expression of a method can become the initialiser of a static field, and where that field may stand.</summary>
internal static class StaticInitializer
{
    /// <summary>A static field can't see locals, parameters, a method's type parameters or instance members.</summary>
    public static bool IsSelfContained(ExpressionSyntax value, FixContext context)
        => value.DescendantNodes()
            .OfType<SimpleNameSyntax>()
            .Where(static name => name.Parent is not NameColonSyntax)
            .All(name => context.SymbolOf(name) switch
        {
            ILocalSymbol or IRangeVariableSymbol => IsDeclaredWithin(name, value),
            IParameterSymbol parameter => parameter.DeclaringSyntaxReferences.Any(reference => value.Span.Contains(reference.Span)),
            ITypeParameterSymbol { TypeParameterKind: TypeParameterKind.Method }
                or IMethodSymbol { MethodKind: MethodKind.LocalFunction } => false,
            IFieldSymbol or IPropertySymbol or IEventSymbol or IMethodSymbol { MethodKind: MethodKind.Ordinary } =>
                IsMemberOfAnother(name) || IsInitializerName(name) || context.SymbolOf(name)!.IsStatic,
            _ => true,
        }) && !value.DescendantNodes().Any(static node => node is ThisExpressionSyntax or BaseExpressionSyntax or AwaitExpressionSyntax);

    /// <summary>
    /// How many members of the type must stay before the field, because they initialise what its own initialiser reads; null when one of
    /// them is in another part of the type, against which no order can be had.
    /// </summary>
    public static int? Needed(ExpressionSyntax value, TypeDeclarationSyntax type, FixContext context)
    {
        var needed = 0;
        foreach (var name in value.DescendantNodes().OfType<SimpleNameSyntax>())
        {
            if (context.SymbolOf(name) is not { IsStatic: true } symbol
                || symbol is not (IFieldSymbol { IsConst: false } or IPropertySymbol)
                || !SymbolEqualityComparer.Default.Equals(
                    symbol.ContainingType, context.Model.GetDeclaredSymbol(type, context.CancellationToken)))
            {
                continue;
            }

            var index = type.Members.IndexOf(member =>
                symbol.DeclaringSyntaxReferences.Any(
                    reference => reference.SyntaxTree == type.SyntaxTree && member.Span.Contains(reference.Span)));
            if (index < 0)
            {
                return null;
            }

            needed = Math.Max(needed, index + 1);
        }

        return needed;
    }

    private static bool IsMemberOfAnother(SimpleNameSyntax name)
        => name.Parent is MemberBindingExpressionSyntax || (name.Parent is MemberAccessExpressionSyntax access && access.Name == name);

    private static bool IsDeclaredWithin(SimpleNameSyntax name, ExpressionSyntax value)
        => value.DescendantNodes()
            .OfType<VariableDeclaratorSyntax>()
            .Any(variable => variable.Identifier.ValueText == name.Identifier.ValueText);

    private static bool IsInitializerName(SimpleNameSyntax name)
        => name.Parent is AssignmentExpressionSyntax { Parent: InitializerExpressionSyntax } assignment && assignment.Left == name;
}
