using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using WarmContext.CodeFixes.Base;

namespace WarmContext.CodeFixes.Editing;

/// <summary>
/// Rewrites the expression of a path so that it leads to another directory. What comes first in it decides: Path.Combine forgets all that
/// stands before an absolute part, so a relative beginning is put behind the directory and an absolute one makes room for it.
/// </summary>
internal static class TemporaryPath
{
    private static readonly char[] s_slashes = { '/', '\\' };

    /// <summary>The path moved to the directory; null when where it begins is decided elsewhere.</summary>
    public static ExpressionSyntax? Moved(ExpressionSyntax path, string directory, FixContext context)
    {
        var first = First(path);
        if (HasAbsolutePart(path, context))
        {
            return null;
        }

        var start = Start(first, context);
        if (start is not null && !IsAbsolute(start))
        {
            return Behind(path, directory);
        }

        if (IsCombine(path) && first is not InterpolatedStringExpressionSyntax)
        {
            return path.ReplaceNode(first, SyntaxFactory.ParseExpression(directory).WithTriviaFrom(first)).Formatted();
        }

        return first switch
        {
            LiteralExpressionSyntax when start is not null => Behind(WithFileName(path, first, FileName(start), context), directory),
            InterpolatedStringExpressionSyntax { Contents: { Count: > 0 } contents } text => contents[0] switch
            {
                InterpolatedStringTextSyntax begin =>
                    Behind(path.ReplaceNode(first, text.ReplaceNode(begin, Text(FileName(begin.TextToken.Text)))), directory),
                InterpolationSyntax { Expression: MemberAccessExpressionSyntax or InvocationExpressionSyntax } hole =>
                    path.ReplaceNode(first, WithDirectory(text, hole, directory)),
                _ => null,
            },
            MemberAccessExpressionSyntax or InvocationExpressionSyntax when first.Parent is BinaryExpressionSyntax { Right: { } next } =>
                path.ReplaceNode(first, WithSeparator(directory, next).WithTriviaFrom(first)),
            _ => null,
        };
    }

    public static bool IsCombine(ExpressionSyntax? node)
        => node is InvocationExpressionSyntax { ArgumentList.Arguments.Count: > 0,
            Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Combine" or "Join" } access }
        && access.Expression.ToString() is "Path" or "System.IO.Path";

    /// <summary>Path.Combine(x, "/y") is "/y", wherever x leads.</summary>
    private static bool HasAbsolutePart(ExpressionSyntax path, FixContext context) =>
        path is InvocationExpressionSyntax call
            && call.ArgumentList.Arguments.Skip(1).Any(argument =>
                context.Model.GetConstantValue(argument.Expression, context.CancellationToken) is { HasValue: true, Value: string part }
                    && IsAbsolute(part));

    /// <summary>
    /// What the expression begins with: the value of a constant, of a field or local as it was initialised, or the text before the first
    /// hole. Null for anything else.
    /// </summary>
    private static string? Start(ExpressionSyntax expression, FixContext context)
    {
        if (context.Model.GetConstantValue(expression, context.CancellationToken) is { HasValue: true, Value: string text })
        {
            return text;
        }

        return expression switch
        {
            InterpolatedStringExpressionSyntax { Contents: { Count: > 0 } contents } =>
                (contents[0] as InterpolatedStringTextSyntax)?.TextToken.ValueText,
            IdentifierNameSyntax
                when context.SymbolOf(expression) is (IFieldSymbol or ILocalSymbol)
                    and { DeclaringSyntaxReferences: { Length: 1 } declared }
                    && declared[0].SyntaxTree == expression.SyntaxTree =>
                declared[0].GetSyntax(context.CancellationToken) is VariableDeclaratorSyntax declarator
                    ? (declarator.Initializer?.Value as LiteralExpressionSyntax)?.Token.Value as string
                    : null,
            _ => null,
        };
    }

    // AppContext.BaseDirectory + "x": that directory's name ends with a slash, the temporary one's may not.
    private static ExpressionSyntax WithSeparator(string directory, ExpressionSyntax next)
        => SyntaxFactory.ParseExpression(
            NeedsSeparator(directory, (next as LiteralExpressionSyntax)?.Token.ValueText) ? $"{directory} + \"/\"" : directory);

    private static InterpolatedStringExpressionSyntax WithDirectory(
        InterpolatedStringExpressionSyntax text, InterpolationSyntax hole, string directory)
    {
        var parts = new List<SyntaxNode> { hole.WithExpression(SyntaxFactory.ParseExpression(directory)) };
        if (NeedsSeparator(directory, (text.Contents.ElementAtOrDefault(1) as InterpolatedStringTextSyntax)?.TextToken.ValueText))
        {
            parts.Add(Text("/"));
        }

        return text.ReplaceNode(hole, parts);
    }

    private static bool NeedsSeparator(string directory, string? next)
        => !directory.EndsWith("GetTempPath()", StringComparison.Ordinal) && !(next?.StartsWith("/", StringComparison.Ordinal) ?? false);

    private static ExpressionSyntax First(ExpressionSyntax path) => path switch
    {
        BinaryExpressionSyntax sum => First(sum.Left),
        InvocationExpressionSyntax combine when IsCombine(combine) => combine.ArgumentList.Arguments[0].Expression,
        _ => path,
    };

    private static ExpressionSyntax Behind(ExpressionSyntax path, string directory)
    {
        if (path is InvocationExpressionSyntax combine && IsCombine(path))
        {
            var argument = SyntaxFactory.Argument(SyntaxFactory.ParseExpression(directory));
            return combine.WithArgumentList(combine.ArgumentList.WithArguments(combine.ArgumentList.Arguments.Insert(0, argument)))
                .Formatted();
        }

        var text = path.WithoutTrivia().ToString();
        return Edits.Expression(
            $"Path.Combine({directory}, {(text.StartsWith("\"./", StringComparison.Ordinal) ? "\"" + text.Substring(3) : text)})");
    }

    private static ExpressionSyntax WithFileName(ExpressionSyntax path, ExpressionSyntax first, string name, FixContext context)
    {
        // "/data/" + name leaves name alone.
        if (name.Length == 0
            && first.Parent is BinaryExpressionSyntax { Right: { } rest } sum
            && context.Model.GetTypeInfo(rest, context.CancellationToken).Type?.SpecialType == SpecialType.System_String)
        {
            return sum == path ? rest : path.ReplaceNode(sum, rest.WithTriviaFrom(sum));
        }

        return path.ReplaceNode(
            first, SyntaxFactory.LiteralExpression(SyntaxKind.StringLiteralExpression, SyntaxFactory.Literal(name)).WithTriviaFrom(first));
    }

    private static bool IsAbsolute(string text) => text.Length > 1 && (text[0] == '/' || text[1] == ':');

    private static string FileName(string path) => path.Substring(path.LastIndexOfAny(s_slashes) + 1);

    private static InterpolatedStringTextSyntax Text(string text)
        => SyntaxFactory.InterpolatedStringText(SyntaxFactory.Token(default, SyntaxKind.InterpolatedStringTextToken, text, text, default));
}
