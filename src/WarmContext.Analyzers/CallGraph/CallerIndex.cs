using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace WarmContext.Analyzers.CallGraph;

/// <summary>Which bodies that run in an invocation call which methods of the compilation.</summary>
internal sealed class CallerIndex
{
    private static readonly List<CodeBody> s_none = new();

    private readonly Dictionary<ISymbol, List<CodeBody>> _callers = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<ISymbol, List<CodeBody>> _bodies = new(SymbolEqualityComparer.Default);

    public CallerIndex(CodeMap map, ImplementationFinder implementations, IAssemblySymbol assembly)
    {
        foreach (var body in map.AllBodies)
        {
            if (body.Kind != BodyKind.Invocation)
            {
                continue;
            }

            Add(_bodies, body.Owner, body);
            foreach (var operation in body.Of(OperationKind.Invocation))
            {
                var definition = ((IInvocationOperation)operation).TargetMethod.OriginalDefinition;
                if (!SymbolEqualityComparer.Default.Equals(definition.ContainingAssembly, assembly))
                {
                    continue;
                }

                Add(_callers, definition.PartialImplementationPart ?? definition, body);
                foreach (var implementation in implementations.Of(definition))
                {
                    Add(_callers, implementation.PartialImplementationPart ?? implementation, body);
                }
            }
        }
    }

    public List<CodeBody> BodiesOf(ISymbol method) => _bodies.TryGetValue(method, out var bodies) ? bodies : s_none;

    /// <summary>The body and all from which calls lead to it.</summary>
    public HashSet<CodeBody> LeadingTo(CodeBody target)
    {
        var found = new HashSet<CodeBody> { target };
        var queue = new Queue<CodeBody>(found);
        while (queue.Count > 0)
        {
            if (!_callers.TryGetValue(queue.Dequeue().Owner, out var callers))
            {
                continue;
            }

            foreach (var caller in callers)
            {
                if (found.Add(caller))
                {
                    queue.Enqueue(caller);
                }
            }
        }

        return found;
    }

    private static void Add(Dictionary<ISymbol, List<CodeBody>> index, ISymbol symbol, CodeBody body)
    {
        if (!index.TryGetValue(symbol, out var bodies))
        {
            index.Add(symbol, bodies = new List<CodeBody>());
        }

        bodies.Add(body);
    }
}
