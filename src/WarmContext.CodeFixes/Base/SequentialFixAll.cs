using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace WarmContext.CodeFixes.Base;

/// <summary>
/// Fixes all findings of a document one after the other. The stock fix-all merges independent edits and drops those that meet, which fields
/// hoisted to the same place do.
/// </summary>
internal sealed class SequentialFixAll : DocumentBasedFixAllProvider
{
    private const string Mark = "WarmContext.FixAll";

    private readonly LambdaCodeFix _fix;

    public SequentialFixAll(LambdaCodeFix fix) => _fix = fix;

    protected override async Task<Document?> FixAllAsync(
        FixAllContext fixAllContext, Document document, ImmutableArray<Diagnostic> diagnostics)
    {
        var cancellationToken = fixAllContext.CancellationToken;
        if (await document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false) is not { } root)
        {
            return document;
        }

        var ordered = diagnostics.OrderBy(static diagnostic => diagnostic.Location.SourceSpan.Start).ToList();
        var marks = new Dictionary<SyntaxNode, List<SyntaxAnnotation>>();
        for (var i = 0; i < ordered.Count; i++)
        {
            var node = root.FindNode(ordered[i].Location.SourceSpan, getInnermostNodeForTie: true);
            if (!marks.TryGetValue(node, out var list))
            {
                marks.Add(node, list = new List<SyntaxAnnotation>());
            }

            list.Add(new SyntaxAnnotation(Mark, i.ToString(CultureInfo.InvariantCulture)));
        }

        document = document.WithSyntaxRoot(
            root.ReplaceNodes(marks.Keys, (original, rewritten) => rewritten.WithAdditionalAnnotations(marks[original])));
        var key = fixAllContext.CodeActionEquivalenceKey ?? string.Empty;
        key = key.Substring(key.LastIndexOf('.') + 1);
        for (var i = 0; i < ordered.Count; i++)
        {
            document = await FixOneAsync(document, i, key, LambdaCodeFix.Keyword(ordered[i]), cancellationToken).ConfigureAwait(false);
        }

        return document;
    }

    private async Task<Document> FixOneAsync(Document document, int index, string key, string? keyword, CancellationToken cancellationToken)
    {
        if (await document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false) is not CompilationUnitSyntax root
            || await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false) is not { } model)
        {
            return document;
        }

        var data = index.ToString(CultureInfo.InvariantCulture);
        var node = root.GetAnnotatedNodes(Mark)
            .FirstOrDefault(candidate => candidate.GetAnnotations(Mark).Any(annotation => annotation.Data == data));
        return node is null
            ? document
            : _fix.TryApply(new FixContext(document, root, model, node, key, keyword, cancellationToken)) ?? document;
    }
}
