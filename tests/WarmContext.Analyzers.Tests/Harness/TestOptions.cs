using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace WarmContext.Analyzers.Tests;

/// <summary>An .editorconfig and additional files for one run.</summary>
internal sealed class TestOptions : AnalyzerConfigOptionsProvider
{
    private readonly Values _values;

    public TestOptions(IReadOnlyDictionary<string, string>? values = null) =>
        _values = new Values(values ?? ImmutableDictionary<string, string>.Empty);

    public override AnalyzerConfigOptions GlobalOptions => _values;

    public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => _values;

    public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => _values;

    public static AnalyzerOptions Create(IReadOnlyDictionary<string, string>? values = null, params (string Path, string Text)[] files)
        => new(
            files.Select(static file => (AdditionalText)new InMemoryText(file.Path, file.Text)).ToImmutableArray(),
            new TestOptions(values));

    private sealed class Values(IReadOnlyDictionary<string, string> values) : AnalyzerConfigOptions
    {
        public override bool TryGetValue(string key, [NotNullWhen(true)] out string? value) => values.TryGetValue(key, out value);
    }

    private sealed class InMemoryText(string path, string text) : AdditionalText
    {
        public override string Path => path;

        public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(text);
    }
}
