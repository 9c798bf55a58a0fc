using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using WarmContext.Analyzers.Base;
using WarmContext.Analyzers.CallGraph;
using WarmContext.Analyzers.Knowledge;

namespace WarmContext.Analyzers;

/// <summary>
/// A rule about code that runs in an invocation or at Init. It sees the bodies of the call graph, file by file, and no other code: so
/// nothing outside the handlers' reach is bound on its behalf, and a diagnostic shows while the file is open.
/// </summary>
public abstract class BodyAnalyzer : LambdaAnalyzer
{
    private protected sealed override void Start(CompilationStartAnalysisContext context, CompilationFacts facts)
    {
        if (!AppliesTo(facts))
        {
            return;
        }

        context.RegisterSemanticModelAction(model =>
        {
            var map = CodeMapCache.Get(facts, model.CancellationToken);
            foreach (var body in map.BodiesIn(model.SemanticModel.SyntaxTree))
            {
                model.CancellationToken.ThrowIfCancellationRequested();
                Analyze(new BodyContext(facts, map, body, model));
            }
        });
    }

    private protected virtual bool AppliesTo(CompilationFacts facts) => true;

    private protected abstract void Analyze(in BodyContext context);
}
