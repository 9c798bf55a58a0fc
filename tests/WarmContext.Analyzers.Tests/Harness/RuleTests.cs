using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace WarmContext.Analyzers.Tests;

/// <summary>
/// The tests of one rule. Cases are C# in short form (see <see cref="Sources.Wrap"/>); [|…|] marks each place that must be reported.
/// </summary>
public abstract class RuleTests(string id)
{
    private protected string Id { get; } = id;

    private protected virtual IReadOnlyDictionary<string, string>? Options => null;

    protected async Task VerifyAsync(string code) => await VerifyAsync(code, Options);

    protected async Task VerifyAsync(string code, IReadOnlyDictionary<string, string>? options, params (string Path, string Text)[] files)
        => await VerifyAsync(code, TestOptions.Create(options, files), References.WithWarmContext);

    private protected async Task VerifyAsync(
        string code, Microsoft.CodeAnalysis.Diagnostics.AnalyzerOptions options, IReadOnlyList<MetadataReference> references)
    {
        var (source, expected) = Unmark(Sources.Wrap(code.Trim('\n')));
        var compilation = AnalyzerRun.Compile([Sources.Parse(source), Sources.GlobalUsings()], references);
        AnalyzerRun.AssertCompiles(compilation, source);
        var found = await AnalyzerRun.AnalyzeAsync(compilation, [AnalyzerRun.For(Id)], options);
        Assert.True(
            expected.SequenceEqual(found.Select(static diagnostic => diagnostic.Location.SourceSpan)),
            $"Expected [{Show(source, expected)}]\nfound "
                + $"[{Show(source, found.Select(static diagnostic => diagnostic.Location.SourceSpan))}]\nin\n{source}");
        Assert.All(found, diagnostic => Assert.Equal(Id, diagnostic.Id));
    }

    /// <summary>A silent case must have no marks, and a reported one at least one: a case that tests nothing is a mistake.</summary>
    protected async Task ReportedAsync(string code)
    {
        Assert.Contains("[|", code, StringComparison.Ordinal);
        await VerifyAsync(code);
    }

    protected async Task SilentAsync(string code)
    {
        Assert.DoesNotContain("[|", code, StringComparison.Ordinal);
        await VerifyAsync(code);
    }

    internal static (string Source, List<TextSpan> Spans) Unmark(string marked)
    {
        var source = new StringBuilder(marked.Length);
        var spans = new List<TextSpan>();
        var starts = new Stack<int>();
        for (var i = 0; i < marked.Length; i++)
        {
            if (marked[i] == '[' && i + 1 < marked.Length && marked[i + 1] == '|')
            {
                starts.Push(source.Length);
                i++;
            }
            else if (marked[i] == '|' && i + 1 < marked.Length && marked[i + 1] == ']')
            {
                spans.Add(TextSpan.FromBounds(starts.Pop(), source.Length));
                i++;
            }
            else
            {
                source.Append(marked[i]);
            }
        }

        spans.Sort();
        return (source.ToString(), spans);
    }

    private static string Show(string source, IEnumerable<TextSpan> spans) =>
        string.Join(" | ", spans.Select(span => source.Substring(span.Start, span.Length)));
}
