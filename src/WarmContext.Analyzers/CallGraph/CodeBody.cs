using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace WarmContext.Analyzers.CallGraph;

/// <summary>When the code of a body runs.</summary>
internal enum BodyKind
{
    /// <summary>Once or more in every invocation: a handler, or something a handler reaches.</summary>
    Invocation,

    /// <summary>
    /// Once per environment, before the first invocation: static initialization, a handler type's constructor, a top-level program.
    /// </summary>
    Init,

    /// <summary>When an object the handler uses is built: constructors and field initialisers of other types.</summary>
    Construction,
}

/// <summary>One piece of code that concerns the rules, with its operations flattened once for all of them.</summary>
internal sealed class CodeBody
{
    private static readonly List<IOperation> s_none = new();

    private readonly object _gate = new();
    private readonly Dictionary<OperationKind, List<IOperation>> _byKind = new();
    private List<IOperation>? _operations;
    private HashSet<ISymbol>? _invocationData;

    public CodeBody(SyntaxNode node, ISymbol owner, BodyKind kind, bool isHandler, IOperation root)
    {
        Node = node;
        Owner = owner;
        Kind = kind;
        IsHandler = isHandler;
        Root = root;
    }

    public SyntaxNode Node { get; }

    /// <summary>The method, accessor, field or property the code belongs to.</summary>
    public ISymbol Owner { get; }

    public BodyKind Kind { get; }

    /// <summary>True for the handler itself, false for what it calls.</summary>
    public bool IsHandler { get; }

    public IOperation Root { get; }

    /// <summary>
    /// All operations of the body in source order. In Init, what lies in lambdas and local functions is left out: it runs later, if at all.
    /// </summary>
    public IReadOnlyList<IOperation> Operations
    {
        get
        {
            if (Volatile.Read(ref _operations) is { } operations)
            {
                return operations;
            }

            lock (_gate)
            {
                return _operations ??= Flatten();
            }
        }
    }

    /// <summary>The operations of one kind, in source order.</summary>
    public List<IOperation> Of(OperationKind kind)
    {
        _ = Operations;
        return _byKind.TryGetValue(kind, out var list) ? list : s_none;
    }

    /// <summary>The operations of some kinds, kind by kind: most of a body is of no interest to a rule.</summary>
    public IEnumerable<IOperation> Of(OperationKind[] kinds)
    {
        foreach (var kind in kinds)
        {
            foreach (var operation in Of(kind))
            {
                yield return operation;
            }
        }
    }

    public ImmutableArray<IParameterSymbol> Parameters =>
        Owner is IMethodSymbol method ? method.Parameters : ImmutableArray<IParameterSymbol>.Empty;

    /// <summary>The locals and parameters of this body that hold data of the current invocation.</summary>
    public HashSet<ISymbol> InvocationData(DataFlow flow)
    {
        lock (_gate)
        {
            return _invocationData ??= flow.Compute(this);
        }
    }

    public void ForgetInvocationData()
    {
        lock (_gate)
        {
            _invocationData = null;
        }
    }

    private List<IOperation> Flatten()
    {
        var list = new List<IOperation>(64);
        Add(Root, list, atRoot: true);
        return list;
    }

    private void Add(IOperation operation, List<IOperation> list, bool atRoot)
    {
        if (!atRoot && Kind != BodyKind.Invocation && operation.Kind is OperationKind.AnonymousFunction or OperationKind.LocalFunction)
        {
            return;
        }

        list.Add(operation);
        if (!_byKind.TryGetValue(operation.Kind, out var same))
        {
            _byKind.Add(operation.Kind, same = new List<IOperation>());
        }

        same.Add(operation);
        foreach (var child in operation.ChildOperations)
        {
            Add(child, list, atRoot: false);
        }
    }
}
