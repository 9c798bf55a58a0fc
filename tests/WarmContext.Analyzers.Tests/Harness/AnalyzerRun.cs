using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace WarmContext.Analyzers.Tests;

/// <summary>Compiles code and runs analyzers over it.</summary>
internal static class AnalyzerRun
{
    public static ImmutableArray<DiagnosticAnalyzer> All { get; } = typeof(RuleIds).Assembly.GetTypes()
        .Where(static type => !type.IsAbstract && type.IsSubclassOf(typeof(DiagnosticAnalyzer)))
        .OrderBy(static type => type.Name, StringComparer.Ordinal)
        .Select(static type => (DiagnosticAnalyzer)Activator.CreateInstance(type)!)
        .ToImmutableArray();

    public static DiagnosticAnalyzer For(string id) => All.Single(analyzer => analyzer.SupportedDiagnostics.Any(rule => rule.Id == id));

    public static CSharpCompilation Compile(
        IEnumerable<SyntaxTree> trees, IReadOnlyList<MetadataReference>? references = null, string name = "TestFunction")
    {
        var sources = trees.ToList();
        var program = sources.Exists(static tree =>
            tree.GetRoot().ChildNodes().Any(static node => node is Microsoft.CodeAnalysis.CSharp.Syntax.GlobalStatementSyntax));
        var options = new CSharpCompilationOptions(
            program ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary,
            nullableContextOptions: NullableContextOptions.Enable,
            allowUnsafe: true);
        return CSharpCompilation.Create(name, sources, references ?? References.WithWarmContext, options);
    }

    public static void AssertCompiles(Compilation compilation, string code)
    {
        var errors = compilation.GetDiagnostics().Where(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).ToList();
        Assert.True(errors.Count == 0, string.Join("\n", errors) + "\n" + code);
    }

    public static async Task<ImmutableArray<Diagnostic>> AnalyzeAsync(
        Compilation compilation,
        ImmutableArray<DiagnosticAnalyzer> analyzers,
        AnalyzerOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        var failures = new List<string>();
        var settings = new CompilationWithAnalyzersOptions(
            options ?? TestOptions.Create(),
            (exception, analyzer, _) =>
            {
                lock (failures)
                {
                    failures.Add(analyzer.GetType().Name + ": " + exception);
                }
            },
            concurrentAnalysis: true,
            logAnalyzerExecutionTime: false);
        var found = await compilation.WithAnalyzers(analyzers, settings).GetAnalyzerDiagnosticsAsync(cancellationToken);
        Assert.True(failures.Count == 0, string.Join("\n", failures));
        return found.OrderBy(static diagnostic => diagnostic.Location.SourceTree?.FilePath, StringComparer.Ordinal)
            .ThenBy(static diagnostic => diagnostic.Location.SourceSpan.Start)
            .ThenBy(static diagnostic => diagnostic.Id, StringComparer.Ordinal)
            .ToImmutableArray();
    }
}
