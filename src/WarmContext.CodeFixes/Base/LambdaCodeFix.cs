using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using WarmContext.Analyzers;
using WarmContext.CodeFixes.Base;

namespace WarmContext.CodeFixes;

/// <summary>What all fixes have in common. A fix changes one document; fix-all applies it to each finding in turn.</summary>
public abstract class LambdaCodeFix : CodeFixProvider
{
    public sealed override FixAllProvider GetFixAllProvider() => new SequentialFixAll(this);

    public sealed override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        foreach (var diagnostic in context.Diagnostics)
        {
            var probe = await CreateAsync(context.Document, diagnostic, string.Empty, context.CancellationToken).ConfigureAwait(false);
            if (probe is null)
            {
                continue;
            }

            foreach (var choice in Choices(probe))
            {
                var document = context.Document;
                var key = choice.Key;
                context.RegisterCodeFix(
                    CodeAction.Create(
                        choice.Title,
                        cancellationToken => ApplyAsync(document, diagnostic, key, cancellationToken),
                        GetType().Name + "." + key),
                    diagnostic);
            }
        }
    }

    /// <summary>The ways to mend a finding that are right here; none when no single edit is.</summary>
    private protected abstract IEnumerable<FixChoice> Choices(FixContext context);

    /// <summary>Makes the edit; null when it can't be made.</summary>
    private protected abstract Document? Apply(FixContext context);

    internal Document? TryApply(FixContext context) => Choices(context).Any(choice => choice.Key == context.Key) ? Apply(context) : null;

    internal static async Task<FixContext?> CreateAsync(
        Document document, Diagnostic diagnostic, string key, CancellationToken cancellationToken)
    {
        if (await document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false) is not CompilationUnitSyntax root
            || await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false) is not { } model)
        {
            return null;
        }

        var node = root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
        return new FixContext(document, root, model, node, key, Keyword(diagnostic), cancellationToken);
    }

    internal static string? Keyword(Diagnostic diagnostic)
        => diagnostic.Properties.TryGetValue(FreezeUnsafeConnectionStringAnalyzer.KeywordProperty, out var keyword) ? keyword : null;

    private async Task<Document> ApplyAsync(Document document, Diagnostic diagnostic, string key, CancellationToken cancellationToken)
    {
        var context = await CreateAsync(document, diagnostic, key, cancellationToken).ConfigureAwait(false);
        return context is null ? document : Apply(context) ?? document;
    }
}
