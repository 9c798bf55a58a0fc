using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using WarmContext.Analyzers.Knowledge;

namespace WarmContext.Analyzers.CallGraph;

/// <summary>Follows the data of one invocation from the handler's parameters through locals and calls.</summary>
internal sealed class DataFlow
{
    // The same for every invocation of an environment.
    private static readonly HashSet<string> s_constantOfContext = new(StringComparer.Ordinal)
    {
        "FunctionName", "FunctionVersion", "LogGroupName", "LogStreamName", "MemoryLimitInMB", "Logger", "Serializer",
    };

    private readonly CompilationFacts _facts;
    private readonly ImplementationFinder _implementations;
    private readonly object _gate = new();
    private readonly HashSet<IParameterSymbol> _parameters = new(SymbolEqualityComparer.Default);
    private readonly HashSet<CodeBody> _settled = new();
    private CallerIndex? _callers;

    public DataFlow(CompilationFacts facts, ImplementationFinder implementations)
    {
        _facts = facts;
        _implementations = implementations;
    }

    /// <summary>
    /// Carries invocation data into the parameters of a body's method, along the calls that lead to it. Only those are looked at: few
    /// bodies are ever asked about.
    /// </summary>
    public void PropagateTo(CodeBody target, CodeMap map, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_settled.Contains(target))
            {
                return;
            }

            _callers ??= new CallerIndex(map, _implementations, _facts.Compilation.Assembly);
            var leading = _callers.LeadingTo(target);
            var queue = new Queue<CodeBody>(leading);
            while (queue.Count > 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                foreach (var callee in Propagate(queue.Dequeue()))
                {
                    foreach (var body in _callers.BodiesOf(callee))
                    {
                        body.ForgetInvocationData();
                        if (leading.Contains(body))
                        {
                            queue.Enqueue(body);
                        }
                    }
                }
            }

            _settled.UnionWith(leading);
        }
    }

    public HashSet<ISymbol> Compute(CodeBody body)
    {
        var data = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        foreach (var parameter in body.Parameters)
        {
            if ((body.IsHandler && !KnownTypes.Is(parameter.Type, _facts.Types.CancellationToken))
                || _parameters.Contains(parameter.OriginalDefinition))
            {
                data.Add(parameter);
            }
        }

        if (data.Count == 0 || body.Kind != BodyKind.Invocation)
        {
            return data;
        }

        // Values flow forward in source order but for loops: a few rounds reach the end in practice.
        for (var round = 0; round < 3; round++)
        {
            var before = data.Count;
            foreach (var operation in body.Operations)
            {
                Step(operation, data);
            }

            if (data.Count == before)
            {
                break;
            }
        }

        return data;
    }

    public bool IsInvocationData(IOperation? operation, HashSet<ISymbol> data)
    {
        if (operation is null || data.Count == 0 || operation.ConstantValue.HasValue)
        {
            return false;
        }

        switch (operation)
        {
            case ILocalReferenceOperation local:
                return data.Contains(local.Local);
            case IParameterReferenceOperation parameter:
                return data.Contains(parameter.Parameter);
            case IPropertyReferenceOperation { Property.Name: var name, Instance: { } instance } when s_constantOfContext.Contains(name)
                && instance.Type.IsOrImplements(_facts.Types.LambdaContext):
            case IAnonymousFunctionOperation or ILocalFunctionOperation or ITypeOfOperation or INameOfOperation or ISizeOfOperation:
                return false;
        }

        foreach (var child in operation.ChildOperations)
        {
            if (IsInvocationData(child, data))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// True when what is built takes something the caller or the invocation decides (a tenant's credentials, a parameter, an awaited
    /// answer) or wraps something shared: it can't be built once outside.
    /// </summary>
    public bool WrapsSharedOrDependsOnCaller(IOperation creation, CodeBody body)
        => creation.ChildOperations.Any(child => DependsOnCaller(child, body, creation.Syntax.SyntaxTree, 0));

    private bool DependsOnCaller(IOperation operation, CodeBody body, SyntaxTree tree, int depth)
    {
        switch (operation)
        {
            case IParameterReferenceOperation when operation.CapturedByType(body) is { } captured:
                return _facts.Costly.IsShareable(captured.Type, tree);
            case IParameterReferenceOperation { Parameter: { } parameter }:
                return !KnownTypes.Is(parameter.Type, _facts.Types.CancellationToken)
                    && !parameter.Type.IsOrImplements(_facts.Types.LambdaContext);
            case IAwaitOperation:
                return true;
            case IMemberReferenceOperation { Member: IFieldSymbol or IPropertySymbol } member
                when _facts.Costly.IsShareable(member.Type, tree):
            case ILocalReferenceOperation wrapped when depth == 0 && _facts.Costly.IsCostly(wrapped.Type, tree):
                return true;
            case ILocalReferenceOperation { Local: { } local } when depth < 6:
                return LocalDependsOnCaller(local, body, tree, depth);
            case IAnonymousFunctionOperation:
                return false;
        }

        return operation.ChildOperations.Any(child => DependsOnCaller(child, body, tree, depth));
    }

    private bool LocalDependsOnCaller(ILocalSymbol local, CodeBody body, SyntaxTree tree, int depth)
    {
        var declared = false;
        foreach (var operation in body.Operations)
        {
            var value = operation switch
            {
                IVariableDeclaratorOperation declarator when KnownTypes.Is(declarator.Symbol, local) =>
                    declarator.GetVariableInitializer()?.Value,
                IAssignmentOperation { Target: ILocalReferenceOperation to } set when KnownTypes.Is(to.Local, local) => set.Value,
                _ => null,
            };

            declared |= value is not null;
            if (value is not null && DependsOnCaller(value, body, tree, depth + 1))
            {
                return true;
            }
        }

        // Loop variables, out variables and patterns: what the invocation brought.
        return !declared;
    }

    private List<ISymbol> Propagate(CodeBody body)
    {
        var reached = new List<ISymbol>();
        var data = body.InvocationData(this);
        if (data.Count == 0)
        {
            return reached;
        }

        foreach (var operation in body.Of(OperationKind.Invocation))
        {
            if (operation is not IInvocationOperation { TargetMethod: { } method } call
                || !SymbolEqualityComparer.Default.Equals(method.ContainingAssembly, _facts.Compilation.Assembly))
            {
                continue;
            }

            foreach (var argument in call.Arguments)
            {
                if (argument.Parameter is { } parameter && IsInvocationData(argument.Value, data))
                {
                    var definition = method.OriginalDefinition;
                    Mark(definition, parameter.Ordinal, reached);
                    foreach (var implementation in _implementations.Of(definition))
                    {
                        Mark(implementation, parameter.Ordinal, reached);
                    }
                }
            }
        }

        return reached;
    }

    private void Mark(IMethodSymbol method, int ordinal, List<ISymbol> reached)
    {
        method = method.PartialImplementationPart ?? method;
        if (ordinal < method.Parameters.Length && _parameters.Add(method.Parameters[ordinal]))
        {
            reached.Add(method);
        }
    }

    private void Step(IOperation operation, HashSet<ISymbol> data)
    {
        switch (operation)
        {
            case IVariableDeclaratorOperation declarator when IsInvocationData(declarator.GetVariableInitializer()?.Value, data):
                data.Add(declarator.Symbol);
                break;
            case IAssignmentOperation { Target: ILocalReferenceOperation target } assignment when IsInvocationData(assignment.Value, data):
                data.Add(target.Local);
                break;
            case IDeconstructionAssignmentOperation deconstruction when IsInvocationData(deconstruction.Value, data):
                AddLocals(deconstruction.Target, data);
                break;
            case IForEachLoopOperation loop when IsInvocationData(loop.Collection, data):
                AddLocals(loop.LoopControlVariable, data);
                break;
            case IIsPatternOperation pattern when IsInvocationData(pattern.Value, data):
                foreach (var part in pattern.Pattern.SelfAndDescendants())
                {
                    var declared = part is IDeclarationPatternOperation declaration
                        ? declaration.DeclaredSymbol
                        : (part as IRecursivePatternOperation)?.DeclaredSymbol;
                    if (declared is not null)
                    {
                        data.Add(declared);
                    }
                }

                break;
            case IInvocationOperation call when IsInvocationData(call, data):
                foreach (var argument in call.Arguments)
                {
                    AddLocalsOfCall(argument.Value, data);
                }

                break;
        }
    }

    /// <summary>input.Items.Select(item => …): the lambda's parameter is data too; and what comes out of an out argument.</summary>
    private static void AddLocalsOfCall(IOperation value, HashSet<ISymbol> data)
    {
        switch (value.Unwrap())
        {
            case IDelegateCreationOperation { Target: IAnonymousFunctionOperation function }:
                foreach (var parameter in function.Symbol.Parameters)
                {
                    data.Add(parameter);
                }

                break;
            case IDeclarationExpressionOperation declaration:
                AddLocals(declaration, data);
                break;
        }
    }

    private static void AddLocals(IOperation target, HashSet<ISymbol> data)
    {
        foreach (var operation in target.SelfAndDescendants())
        {
            switch (operation)
            {
                case ILocalReferenceOperation local:
                    data.Add(local.Local);
                    break;
                case IVariableDeclaratorOperation declarator:
                    data.Add(declarator.Symbol);
                    break;
            }
        }
    }
}
