using WarmContext.Analyzers.Base;
using WarmContext.Analyzers.CallGraph;
using WarmContext.Analyzers.Knowledge;

namespace WarmContext.Analyzers;

/// <summary>
/// A rule about what SnapStart's snapshot holds: code that runs before it and that no restore hook renews. Off where SnapStart is.
/// </summary>
public abstract class SnapshotAnalyzer : BodyAnalyzer
{
    private protected sealed override bool AppliesTo(CompilationFacts facts) => facts.SnapStart;

    private protected sealed override void Analyze(in BodyContext context)
    {
        if (context.Body.Kind != BodyKind.Invocation && !RestoreHooks.HasHook(context))
        {
            AnalyzeSnapshotted(context);
        }
    }

    private protected abstract void AnalyzeSnapshotted(in BodyContext context);
}
