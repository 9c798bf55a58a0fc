using System.Runtime.CompilerServices;
using WarmContext.Analyzers.Knowledge;

namespace WarmContext.Analyzers.CallGraph;

/// <summary>Keeps the map of a compilation's code for all rules, and drops it with the compilation.</summary>
internal sealed class CodeMapCache
{
    private static readonly ConditionalWeakTable<CompilationFacts, CodeMapCache> s_all = new();

    private readonly object _gate = new();
    private CodeMap? _map;

    /// <summary>The code that concerns the rules. A cancelled computation leaves nothing behind: the next caller starts anew.</summary>
    public static CodeMap Get(CompilationFacts facts, CancellationToken cancellationToken)
        => s_all.GetValue(facts, static _ => new CodeMapCache()).GetOrBuild(facts, cancellationToken);

    private CodeMap GetOrBuild(CompilationFacts facts, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _map) is { } map)
        {
            return map;
        }

        lock (_gate)
        {
            return _map ??= new CodeMapBuilder(facts, cancellationToken).Build();
        }
    }
}
