using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace WarmContext.Analyzers.Tests;

/// <summary>Severity by .editorconfig, read by Roslyn's own reader as in a build.</summary>
public class SeverityTests
{
    // WARM0001, a warning by default, and WARM0016, a suggestion.
    private const string Code = """
        public class Function
        {
            private static readonly SemaphoreSlim s_gate = new(1);
            public async Task Handler(string input, ILambdaContext context)
            {
                await s_gate.WaitAsync();
                var http = new HttpClient();
            }
        }
        """;

    [Fact]
    public async Task Without_an_editorconfig_the_defaults_hold()
        => Assert.Equal(["WARM0001 Warning", "WARM0016 Info"], await FindAsync("[*.cs]\n"));

    [Theory]
    [InlineData("error", "WARM0001 Error")]
    [InlineData("suggestion", "WARM0001 Info")]
    [InlineData("silent", "WARM0001 Hidden")]
    [InlineData("none", null)]
    public async Task One_rule_is_set(string severity, string? expected)
        => Assert.Equal(
            expected is null ? ["WARM0016 Info"] : [expected, "WARM0016 Info"],
            await FindAsync($"[*.cs]\ndotnet_diagnostic.WARM0001.severity = {severity}\n"));

    [Fact]
    public async Task All_rules_are_set_by_their_category()
        => Assert.Equal(
            ["WARM0001 Error", "WARM0016 Error"],
            await FindAsync("[*.cs]\ndotnet_analyzer_diagnostic.category-WarmContext.severity = error\n"));

    [Fact]
    public async Task A_rule_beats_its_category()
        => Assert.Equal(["WARM0001 Warning", "WARM0016 Error"], await FindAsync(
            "[*.cs]\ndotnet_analyzer_diagnostic.category-WarmContext.severity = error\ndotnet_diagnostic.WARM0001.severity = warning\n"));

    [Fact]
    public async Task A_section_holds_for_its_files_only()
        => Assert.Equal(["WARM0001 Warning", "WARM0016 Info"], await FindAsync("[Other.cs]\ndotnet_diagnostic.WARM0001.severity = none\n"));

    private static async Task<string[]> FindAsync(string editorconfig)
    {
        var tree = Sources.Parse(Code, "/function/Function.cs");
        var configs = AnalyzerConfigSet.Create(new List<AnalyzerConfig> { AnalyzerConfig.Parse(editorconfig, "/function/.editorconfig") });
        var result = configs.GetOptionsForSourcePath(tree.FilePath);
        var compilation = AnalyzerRun.Compile([tree, Sources.GlobalUsings()]);
        AnalyzerRun.AssertCompiles(compilation, Code);
        compilation = compilation.WithOptions(compilation.Options.WithSyntaxTreeOptionsProvider(new TreeOptions(tree, result)));
        var found = await AnalyzerRun.AnalyzeAsync(
            compilation, AnalyzerRun.All, new AnalyzerOptions([], new TestOptions(result.AnalyzerOptions)));
        return found.Select(static diagnostic => $"{diagnostic.Id} {diagnostic.Severity}").Order(StringComparer.Ordinal).ToArray();
    }

    private sealed class TreeOptions(SyntaxTree configured, AnalyzerConfigOptionsResult result) : SyntaxTreeOptionsProvider
    {
        public override GeneratedKind IsGenerated(SyntaxTree tree, CancellationToken cancellationToken) => GeneratedKind.Unknown;

        public override bool TryGetDiagnosticValue(
            SyntaxTree tree, string diagnosticId, CancellationToken cancellationToken, out ReportDiagnostic severity)
        {
            severity = ReportDiagnostic.Default;
            return tree == configured && result.TreeOptions.TryGetValue(diagnosticId, out severity);
        }

        public override bool TryGetGlobalDiagnosticValue(
            string diagnosticId, CancellationToken cancellationToken, out ReportDiagnostic severity)
        {
            severity = ReportDiagnostic.Default;
            return false;
        }
    }
}
