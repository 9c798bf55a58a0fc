using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.CodeFixes;
using WarmContext.Analyzers;
using WarmContext.CodeFixes.Base;
using WarmContext.CodeFixes.Editing;

namespace WarmContext.CodeFixes;

/// <summary>WARM0009: takes the setting out, which leaves the provider's default.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
public sealed class RemoveUnsafeSettingFix : LambdaCodeFix
{
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create(RuleIds.FreezeUnsafeConnectionString);

    private protected override IEnumerable<FixChoice> Choices(FixContext context)
    {
        if (context.Keyword is { } keyword && (Text(context.Node) is not null || Assignment(context) is not null))
        {
            yield return FixChoice.Plain($"Remove the setting '{keyword}'");
        }
    }

    private protected override Document? Apply(FixContext context)
    {
        if (context.Keyword is not { } keyword)
        {
            return null;
        }

        if (Text(context.Node) is { } token)
        {
            return context.With(context.Root.ReplaceToken(token, Without(token, keyword)));
        }

        return Assignment(context) switch
        {
            { Parent: ExpressionStatementSyntax statement } => context.With(Edits.RemoveStatement(context.Root, statement)),
            { Parent: InitializerExpressionSyntax initializer } assignment =>
                context.With(context.Root.ReplaceNode(initializer, Without(initializer, assignment))),
            _ => null,
        };
    }

    private static SyntaxToken? Text(SyntaxNode node) => node switch
    {
        LiteralExpressionSyntax literal => literal.Token,
        InterpolatedStringTextSyntax text => text.TextToken,
        ArgumentSyntax { Expression: LiteralExpressionSyntax literal } => literal.Token,
        _ => null,
    };

    private static AssignmentExpressionSyntax? Assignment(FixContext context) =>
        context.Node.FirstAncestorOrSelf<AssignmentExpressionSyntax>();

    private static InitializerExpressionSyntax Without(InitializerExpressionSyntax initializer, AssignmentExpressionSyntax assignment)
    {
        // The commas' trivia counts: they have the comments at the ends of lines.
        var items = initializer.Expressions.GetWithSeparators();
        var index = items.IndexOf(assignment);
        if (items.Skip(index == items.Count - 1 ? index - 1 : index).Take(2).Any(HasComment))
        {
            return initializer.RemoveNode(assignment, SyntaxRemoveOptions.KeepExteriorTrivia)!.Formatted();
        }

        var kept = initializer.Expressions.Remove(assignment);

        // Without a last comma the one before the removed element would be left over.
        if (initializer.Expressions.Count > 1 && initializer.Expressions.Last() == assignment && kept.SeparatorCount == kept.Count)
        {
            kept = SyntaxFactory.SeparatedList(kept, kept.GetSeparators().Take(kept.Count - 1));
        }

        return initializer.WithExpressions(kept).Formatted();
    }

    private static bool HasComment(SyntaxNodeOrToken item) => item.GetLeadingTrivia().Concat(item.GetTrailingTrivia())
        .Any(static trivia => trivia.IsKind(SyntaxKind.SingleLineCommentTrivia) || trivia.IsKind(SyntaxKind.MultiLineCommentTrivia));

    private static SyntaxToken Without(SyntaxToken token, string keyword)
    {
        // In the source text, so that escapes and quotes stay as written. The value has none: it is a number.
        // A line of its own goes with its line break.
        var setting = @"[ \t]*" + Regex.Escape(keyword) + @"[ \t]*=[^;""\r\n]*";
        var pattern = @"(?<=\n)" + setting + @";?[ \t]*\r?\n|(?:^|(?<=[;""\n]))" + setting + @"(?:;|(?=[""\r\n]|$))";
        var text = Regex.Replace(token.Text, pattern, string.Empty, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
        return token.IsKind(SyntaxKind.InterpolatedStringTextToken)
            ? SyntaxFactory.Token(token.LeadingTrivia, SyntaxKind.InterpolatedStringTextToken, text, text, token.TrailingTrivia)
            : SyntaxFactory.ParseToken(text).WithTriviaFrom(token);
    }
}
