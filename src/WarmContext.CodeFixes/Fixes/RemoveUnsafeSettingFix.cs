using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using WarmContext.Analyzers;

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
            { Parent: InitializerExpressionSyntax initializer } assignment => context.With(context.Root.ReplaceNode(initializer, Without(initializer, assignment))),
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

    private static AssignmentExpressionSyntax? Assignment(FixContext context) => context.Node.FirstAncestorOrSelf<AssignmentExpressionSyntax>();

    private static InitializerExpressionSyntax Without(InitializerExpressionSyntax initializer, AssignmentExpressionSyntax assignment)
    {
        var kept = initializer.Expressions.Remove(assignment);

        // Without a last comma the one before the removed element would be left over.
        if (initializer.Expressions.Count > 1 && initializer.Expressions.Last() == assignment && kept.SeparatorCount == kept.Count)
        {
            kept = SyntaxFactory.SeparatedList(kept, kept.GetSeparators().Take(kept.Count - 1));
        }

        return initializer.WithExpressions(kept).Formatted();
    }

    private static SyntaxToken Without(SyntaxToken token, string keyword)
    {
        // In the source text, so that escapes and quotes stay as written. The value has none: it is a number.
        var pattern = @"(^|(?<=[;""]))[ \t]*" + Regex.Escape(keyword) + @"[ \t]*=[^;""]*(;|(?=""|$))";
        var text = Regex.Replace(token.Text, pattern, string.Empty, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
        return token.IsKind(SyntaxKind.InterpolatedStringTextToken)
            ? SyntaxFactory.Token(token.LeadingTrivia, SyntaxKind.InterpolatedStringTextToken, text, text, token.TrailingTrivia)
            : SyntaxFactory.ParseToken(text).WithTriviaFrom(token);
    }
}
