using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.CodeFixes;
using WarmContext.Analyzers;
using WarmContext.CodeFixes.Base;
using WarmContext.CodeFixes.Editing;

namespace WarmContext.CodeFixes;

/// <summary>WARM0012: moves the file to the temporary directory, in every call of the type that names it.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
public sealed class MoveToTemporaryDirectoryFix : LambdaCodeFix
{
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create(RuleIds.FileOutsideTemporaryDirectory);

    private protected override IEnumerable<FixChoice> Choices(FixContext context)
    {
        if (Target(context) is not { } target || TemporaryPath.Moved(target, "x", context) is null)
        {
            yield break;
        }

        if (context.HasType("WarmContext.ExecutionEnvironment"))
        {
            yield return FixChoice.Warm("Move to ExecutionEnvironment.Current.TemporaryDirectory");
        }

        yield return FixChoice.Plain("Move to Path.GetTempPath()");
    }

    private protected override Document? Apply(FixContext context)
    {
        if (Target(context) is not { } target)
        {
            return null;
        }

        var directory = context.IsWarm ? "ExecutionEnvironment.Current.TemporaryDirectory" : "Path.GetTempPath()";
        if (TemporaryPath.Moved(target, directory, context) is not { } moved)
        {
            return null;
        }

        var root = context.Root.ReplaceNodes(SamePaths(target), (original, _) => moved.Replacing(original));
        return context.IsWarm ? context.With(root, "System.IO", "WarmContext") : context.With(root, "System.IO");
    }

    /// <summary>
    /// The expression that decides where the path leads: the argument, or the initialiser of the local or field it reads.
    /// </summary>
    private static ExpressionSyntax? Target(FixContext context)
    {
        var node = context.Node is ArgumentSyntax argument ? argument.Expression : context.Node as ExpressionSyntax;
        for (var depth = 0; node is IdentifierNameSyntax name && depth < 4; depth++)
        {
            var declaration = context.SymbolOf(name)?.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(context.CancellationToken);

            // A constant can't call anything, and another file is out of reach.
            node = declaration is VariableDeclaratorSyntax { Initializer.Value: { } value }
                && declaration.SyntaxTree == name.SyntaxTree
                && !IsConstant(declaration)
                ? value
                : null;
        }

        return node is LiteralExpressionSyntax or InterpolatedStringExpressionSyntax or BinaryExpressionSyntax
            || TemporaryPath.IsCombine(node)
            ? node
            : null;
    }

    private static bool IsConstant(SyntaxNode declarator) => declarator.Parent?.Parent switch
    {
        FieldDeclarationSyntax field => field.Modifiers.Any(SyntaxKind.ConstKeyword),
        LocalDeclarationStatementSyntax local => local.IsConst,
        _ => false,
    };

    /// <summary>
    /// Reads of the same path must move along, or they would look in the old place: of a literal in the whole type, of what is put together
    /// in the same member.
    /// </summary>
    private static IEnumerable<ExpressionSyntax> SamePaths(ExpressionSyntax target)
    {
        if (target.Parent is not ArgumentSyntax)
        {
            return new[] { target };
        }

        SyntaxNode? scope = target is LiteralExpressionSyntax
            ? target.FirstAncestorOrSelf<TypeDeclarationSyntax>()
            : target.FirstAncestorOrSelf<MemberDeclarationSyntax>();
        return scope is null
            ? new[] { target }
            : scope.DescendantNodes()
                .OfType<ArgumentSyntax>()
                .Select(static argument => argument.Expression)
                .Where(other => other == target
                    || (SyntaxFactory.AreEquivalent(other, target) && IsFileCall(other.Parent!.Parent!.Parent)));
    }

    private static bool IsFileCall(SyntaxNode? call) => call switch
    {
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } =>
            access.Expression.ToString() is "File" or "Directory" or "System.IO.File" or "System.IO.Directory",
        ObjectCreationExpressionSyntax creation =>
            creation.Type.ToString() is "FileStream" or "StreamReader" or "StreamWriter" or "FileInfo",
        _ => false,
    };
}
