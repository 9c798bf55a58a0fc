using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using WarmContext.CodeFixes.Base;

namespace WarmContext.CodeFixes.Editing;

/// <summary>
/// A private field with an initialiser, and every place that reads it: what can be changed without anybody else noticing.
/// </summary>
internal sealed class FieldUse
{
    private FieldUse(
        FieldDeclarationSyntax declaration,
        VariableDeclaratorSyntax variable,
        IFieldSymbol symbol,
        IReadOnlyList<IdentifierNameSyntax> references)
    {
        Declaration = declaration;
        Variable = variable;
        Symbol = symbol;
        References = references;
    }

    public FieldDeclarationSyntax Declaration { get; }

    public VariableDeclaratorSyntax Variable { get; }

    public IFieldSymbol Symbol { get; }

    public IReadOnlyList<IdentifierNameSyntax> References { get; }

    public string Name => Variable.Identifier.ValueText;

    /// <summary>Null unless the field is private, alone in its declaration, initialised, and used in this file only.</summary>
    public static FieldUse? Find(FixContext context)
    {
        if (context.Node.AncestorsAndSelf().OfType<VariableDeclaratorSyntax>().FirstOrDefault() is not { Initializer: not null } variable
            || variable.Parent is not VariableDeclarationSyntax { Variables.Count: 1, Parent: FieldDeclarationSyntax declaration }
            || context.Model.GetDeclaredSymbol(variable, context.CancellationToken)
                is not IFieldSymbol { DeclaredAccessibility: Accessibility.Private } symbol
            || symbol.ContainingType.DeclaringSyntaxReferences.Length != 1)
        {
            return null;
        }

        var type = declaration.Ancestors().OfType<TypeDeclarationSyntax>().FirstOrDefault();
        if (type is null)
        {
            return null;
        }

        // nameof keeps its text whatever the field holds.
        var references = type.DescendantNodes(static node => !IsNameOf(node)).OfType<IdentifierNameSyntax>()
            .Where(
                name => name.Identifier.ValueText == symbol.Name && SymbolEqualityComparer.Default.Equals(context.SymbolOf(name), symbol))
            .ToList();
        return new FieldUse(declaration, variable, symbol, references);
    }

    /// <summary>The whole reference: this.s_x or Type.s_x rather than s_x alone.</summary>
    public static ExpressionSyntax Whole(IdentifierNameSyntax reference)
        => reference.Parent is MemberAccessExpressionSyntax access && access.Name == reference ? access : reference;

    public static bool IsNameOf(SyntaxNode node) =>
        node is InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "nameof" } };

    public static bool IsWritten(ExpressionSyntax reference)
        => (reference.Parent is AssignmentExpressionSyntax assignment && assignment.Left == reference)
        || reference.Parent is ArgumentSyntax { RefKindKeyword.RawKind: not (int)SyntaxKind.None };

    /// <summary>The declaration with another type and initialiser; the rest of it, and its comments, stay.</summary>
    public FieldDeclarationSyntax Redeclared(string type, string initializer)
    {
        var value = Variable.Initializer!.Value;
        var variable = Variable.WithInitializer(Variable.Initializer.WithValue(Edits.Expression(initializer).Replacing(value)));
        var declaration = Declaration.Declaration
            .WithType(SyntaxFactory.ParseTypeName(type).WithTriviaFrom(Declaration.Declaration.Type))
            .WithVariables(SyntaxFactory.SingletonSeparatedList(variable));
        return Declaration.WithDeclaration(declaration);
    }
}
