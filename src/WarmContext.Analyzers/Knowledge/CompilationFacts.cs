using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace WarmContext.Analyzers.Knowledge;

/// <summary>What the rules know about one compilation, gathered once and dropped with it.</summary>
internal sealed class CompilationFacts
{
    private static readonly ConditionalWeakTable<Compilation, CompilationFacts> s_cache = new();

    private CompilationFacts(Compilation compilation, AnalyzerOptions options, CancellationToken cancellationToken)
    {
        Compilation = compilation;
        Types = new KnownTypes(compilation);
        Settings = new AnalyzerSettings(options.AnalyzerConfigOptionsProvider, compilation.SyntaxTrees);
        Templates = LambdaTemplates.Read(options, compilation.AssemblyName, cancellationToken);
        Costly = new CostlyTypes(compilation, Types, Settings);
    }

    public Compilation Compilation { get; }

    public KnownTypes Types { get; }

    public AnalyzerSettings Settings { get; }

    public LambdaTemplates Templates { get; }

    public CostlyTypes Costly { get; }

    public bool SnapStart => Settings.SnapStart ?? Templates.SnapStart;

    /// <summary>False for a project without Lambda, which then costs nothing, and for test projects.</summary>
    public bool IsLambdaProject =>
        (Types.LambdaContext is not null
            || Types.LambdaFunctionAttribute is not null
            || Types.LambdaBootstrapBuilder is not null
            || Templates.Handlers.Count > 0)
        && (!Types.IsTestProject || Settings.AnalyzeTests);

    public static CompilationFacts For(Compilation compilation, AnalyzerOptions options, CancellationToken cancellationToken)
    {
        if (s_cache.TryGetValue(compilation, out var facts))
        {
            return facts;
        }

        facts = new CompilationFacts(compilation, options, cancellationToken);
        return s_cache.GetValue(compilation, _ => facts);
    }
}
