using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using WarmContext.Analyzers;

namespace WarmContext.CodeFixes;

/// <summary>WARM0012: moves the file to the temporary directory, in every call of the type that names it.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
public sealed class MoveToTemporaryDirectoryFix : LambdaCodeFix
{
    private static readonly char[] s_slashes = { '/', '\\' };

    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create(RuleIds.FileOutsideTemporaryDirectory);

    private protected override IEnumerable<FixChoice> Choices(FixContext context)
    {
        if (Target(context) is null)
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
        var root = context.Root.ReplaceNodes(SamePaths(target), (original, _) => Moved((ExpressionSyntax)original, directory).Replacing(original));
        return context.IsWarm ? context.With(root, "System.IO", "WarmContext") : context.With(root, "System.IO");
    }

    /// <summary>The expression that decides where the path leads: the argument, or the initialiser of the local or field it reads.</summary>
    private static ExpressionSyntax? Target(FixContext context)
    {
        var node = context.Node is ArgumentSyntax argument ? argument.Expression : context.Node as ExpressionSyntax;
        for (var depth = 0; node is IdentifierNameSyntax name && depth < 4; depth++)
        {
            var declaration = context.SymbolOf(name)?.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(context.CancellationToken);

            // A constant can't call anything, and another file is out of reach.
            node = declaration is VariableDeclaratorSyntax { Initializer.Value: { } value } && declaration.SyntaxTree == name.SyntaxTree && !IsConstant(declaration) ? value : null;
        }

        return node is LiteralExpressionSyntax or InterpolatedStringExpressionSyntax or BinaryExpressionSyntax || IsCombine(node) ? node : null;
    }

    private static bool IsConstant(SyntaxNode declarator) => declarator.Parent?.Parent switch
    {
        FieldDeclarationSyntax field => field.Modifiers.Any(SyntaxKind.ConstKeyword),
        LocalDeclarationStatementSyntax local => local.IsConst,
        _ => false,
    };

    private static bool IsCombine(ExpressionSyntax? node)
        => node is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Combine" or "Join" } access } && access.Expression.ToString() is "Path" or "System.IO.Path";

    /// <summary>Reads of the same literal must move along, or they would look in the old place.</summary>
    private static IEnumerable<ExpressionSyntax> SamePaths(ExpressionSyntax target)
    {
        if (target is not LiteralExpressionSyntax literal || target.FirstAncestorOrSelf<TypeDeclarationSyntax>() is not { } type || target.Parent is not ArgumentSyntax)
        {
            return new[] { target };
        }

        return type.DescendantNodes().OfType<LiteralExpressionSyntax>()
            .Where(other => other == literal || (other.Token.ValueText == literal.Token.ValueText && other.Parent is ArgumentSyntax { Parent.Parent: { } call } && IsFileCall(call)));
    }

    private static bool IsFileCall(SyntaxNode call) => call switch
    {
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } => access.Expression.ToString() is "File" or "Directory" or "System.IO.File" or "System.IO.Directory",
        ObjectCreationExpressionSyntax creation => creation.Type.ToString() is "FileStream" or "StreamReader" or "StreamWriter" or "FileInfo",
        _ => false,
    };

    private static ExpressionSyntax Moved(ExpressionSyntax path, string directory)
    {
        if (path is InvocationExpressionSyntax combine)
        {
            var first = combine.ArgumentList.Arguments[0];
            var isDirectory = first.Expression is not (LiteralExpressionSyntax or InterpolatedStringExpressionSyntax) || first.Expression.ToString().StartsWith("\"/", StringComparison.Ordinal);
            var argument = SyntaxFactory.Argument(SyntaxFactory.ParseExpression(directory));
            var arguments = isDirectory ? combine.ArgumentList.Arguments.Replace(first, argument) : combine.ArgumentList.Arguments.Insert(0, argument);
            return combine.WithArgumentList(combine.ArgumentList.WithArguments(arguments)).Formatted();
        }

        var text = path.WithoutTrivia().ToString();
        if (path is LiteralExpressionSyntax { Token.ValueText: var value } && value.Length > 1 && (value[0] == '/' || value[1] == ':'))
        {
            text = SyntaxFactory.Literal(value.Substring(value.LastIndexOfAny(s_slashes) + 1)).ToString();
        }
        else if (text.StartsWith("\"./", StringComparison.Ordinal))
        {
            text = "\"" + text.Substring(3);
        }

        return Edits.Expression($"Path.Combine({directory}, {text})");
    }
}
