using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace WarmContext.Analyzers.Tests;

/// <summary>
/// A C# file that says at the end of a line what must be reported there (// expect: WARM0001), and in its first lines with which options
/// (// option: name=value) and handlers of a deployment file (// template: Assembly::Type::Method).
/// </summary>
internal sealed partial class AnnotatedFile
{
    public AnnotatedFile(string path)
    {
        Path = path;
        Text = File.ReadAllText(path).ReplaceLineEndings("\n");
        var lines = Text.Split('\n');
        Expected = lines
            .SelectMany((line, index) =>
                Expectation().Matches(line).SelectMany(match => match.Groups[1].Value.Split(", ")).Select(id => $"line {index + 1}: {id}"))
            .Order(StringComparer.Ordinal)
            .ToList();
        Options = lines.Select(static line => Option().Match(line)).Where(static match => match.Success)
            .ToDictionary(static match => match.Groups[1].Value, static match => match.Groups[2].Value);
        Template = string.Concat(lines.Select(static line => Handler().Match(line))
            .Where(static match => match.Success)
            .Select(static match => "  Handler: " + match.Groups[1].Value + "\n"));
    }

    public string Path { get; }

    public string Text { get; }

    public IReadOnlyList<string> Expected { get; }

    private Dictionary<string, string> Options { get; }

    private string Template { get; }

    public AnalyzerOptions AnalyzerOptions =>
        Template.Length == 0 ? TestOptions.Create(Options) : TestOptions.Create(Options, ("template.yaml", Template));

    public CSharpCompilation Compile() => AnalyzerRun.Compile([Sources.Parse(Text, Path), Sources.GlobalUsings()]);

    public async Task VerifyAsync()
    {
        var compilation = Compile();
        AnalyzerRun.AssertCompiles(compilation, Text);
        var found = await AnalyzerRun.AnalyzeAsync(compilation, AnalyzerRun.All, AnalyzerOptions);
        var actual = found
            .Select(static diagnostic => $"line {diagnostic.Location.GetLineSpan().StartLinePosition.Line + 1}: {diagnostic.Id}")
            .Order(StringComparer.Ordinal)
            .ToList();
        Assert.Equal(Expected, actual);
    }

    [GeneratedRegex(@"// expect: (WARM\d{4}(?:, WARM\d{4})*)")]
    private static partial Regex Expectation();

    [GeneratedRegex(@"^// option: (\S+)=(\S+)")]
    private static partial Regex Option();

    [GeneratedRegex(@"^// template: (\S+)")]
    private static partial Regex Handler();
}
