using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using WarmContext.Analyzers.Knowledge;

namespace WarmContext.Analyzers;

/// <summary>
/// What all rules have in common: they run concurrently, skip generated code, and do nothing in a project without Lambda.
/// </summary>
public abstract class LambdaAnalyzer : DiagnosticAnalyzer
{
    // Sealed in effect: one place decides how every rule starts.
    public sealed override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(start =>
        {
            var facts = CompilationFacts.For(start.Compilation, start.Options, start.CancellationToken);
            if (facts.IsLambdaProject)
            {
                Start(start, facts);
            }
        });
    }

    /// <summary>Registers what the rule looks at.</summary>
    private protected abstract void Start(CompilationStartAnalysisContext context, CompilationFacts facts);
}
