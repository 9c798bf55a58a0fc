using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using WarmContext.Analyzers.Base;
using WarmContext.Analyzers.CallGraph;
using WarmContext.Analyzers.Knowledge;

namespace WarmContext.Analyzers;

/// <summary>WARM0011: data that came with the invocation is stored where the next one sees it.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class InvocationDataInSharedStateAnalyzer : BodyAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        RuleIds.InvocationDataInSharedState,
        "Invocation data put in shared state",
        "'{0}' outlives the invocation, but gets data of this one: the next caller, or one that runs at the same time, can see it; pass it "
            + "as a parameter",
        RuleIds.Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "Static fields and the fields of the handler are shared by all invocations of the execution environment, and with "
            + "multi-concurrency at the same time. Data of one request left there leaks into another.",
        helpLinkUri: RuleIds.HelpLink(RuleIds.InvocationDataInSharedState));

    // No compound assignments: s_total += n counts, it doesn't remember whom.
    private static readonly OperationKind[] s_kinds =
    {
        OperationKind.SimpleAssignment, OperationKind.CoalesceAssignment, OperationKind.DeconstructionAssignment, OperationKind.Invocation,
    };

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(s_rule);

    private protected override void Analyze(in BodyContext context)
    {
        if (context.Body.Kind != BodyKind.Invocation)
        {
            return;
        }

        foreach (var operation in context.Body.Of(s_kinds))
        {
            // What is written to comes first. That is cheap to tell, and most code writes to nothing shared: its data needn't be followed.
            switch (operation)
            {
                case IAssignmentOperation { Target: { } target, Value: { } value }
                    when SharedRoot(target, context) is { } member && !IsCacheEntry(target, context):
                    if (IsData(value, context) || IsKeyedByRequest(target, context))
                    {
                        context.Report(s_rule, target.Syntax, member.Name);
                    }

                    break;
                case IInvocationOperation { TargetMethod: { } method, Instance: { } instance } call
                    when Stores(method) && SharedRoot(instance, context) is { } member && !IsCacheEntry(call, context):
                    if (IsAbout(call, context))
                    {
                        context.Report(s_rule, call.Syntax, member.Name);
                    }

                    break;
            }
        }
    }

    /// <summary>A cache by key is what shared state is for; one by request id never gets a second hit.</summary>
    private static bool IsCacheEntry(IOperation target, in BodyContext context)
        => target is IPropertyReferenceOperation { Property.IsIndexer: true } indexer
            && IsDictionary(indexer.Instance?.Type)
            && !IsKeyedByContext(indexer.Arguments, context);

    private static bool IsCacheEntry(IInvocationOperation call, in BodyContext context)
        => IsDictionary(call.Instance?.Type) && !IsKeyedByContext(call.Arguments, context);

    private static bool IsData(IOperation value, in BodyContext context) =>
        context.Map.Flow.IsInvocationData(value, context.InvocationData());

    /// <summary>
    /// The static, or the field of the handler, at the root of a.b.c; null for locals and for what flows with async code.
    /// </summary>
    private static ISymbol? SharedRoot(IOperation? target, in BodyContext context)
    {
        for (var current = target?.Unwrap(); current is not null; current = current.InstanceOf()?.Unwrap())
        {
            if (current is IMemberReferenceOperation { Member: IFieldSymbol or IPropertySymbol } reference)
            {
                if (reference.Member.MemberType()?.Name is "AsyncLocal" or "ThreadLocal" or "ConditionalWeakTable"
                    || IsFlowing(reference.Member))
                {
                    return null;
                }

                if (reference.Member.IsStatic)
                {
                    return IsAmbient(reference.Member, context.Facts.Compilation) ? null : reference.Member;
                }

                if (reference.Instance is IInstanceReferenceOperation)
                {
                    return IsSharedInstance(reference.Member.ContainingType, context) ? reference.Member : null;
                }
            }
        }

        return null;
    }

    /// <summary>One handler object serves all invocations, but [LambdaFunction] classes may be resolved for each.</summary>
    private static bool IsSharedInstance(INamedTypeSymbol type, in BodyContext context)
    {
        var annotation = context.Types.LambdaFunctionAttribute;
        return context.Map.HandlerTypes.Contains(type.OriginalDefinition)
            && !context.Map.CreatedTypes.Contains(type.OriginalDefinition)
            && (annotation is null
                || !type.GetMembers()
                    .Any(member => member.GetAttributes().Any(attribute => KnownTypes.Is(attribute.AttributeClass, annotation))));
    }

    private static bool IsFlowing(ISymbol member) =>
        member.GetAttributes().Any(static attribute => attribute.AttributeClass?.Name == "ThreadStaticAttribute");

    // CultureInfo.CurrentCulture, Activity.Current, Environment.ExitCode: the framework's own, flowing or harmless.
    private static bool IsAmbient(ISymbol member, Compilation compilation)
        => !member.IsDeclaredIn(compilation)
            && (member.Name.StartsWith("Current", StringComparison.Ordinal) || member.ContainingType.IsNamed("System", "Environment"));

    // The framework's collections, headers and channels: what a library's own Add does is unknown.
    private static bool Stores(IMethodSymbol method)
        => method.Name is "Add"
            or "AddRange"
            or "Enqueue"
            or "Push"
            or "Append"
            or "AppendLine"
            or "TryAdd"
            or "Insert"
            or "AddLast"
            or "AddFirst"
            or "TryWrite"
        && !method.ContainingType.Name.EndsWith("Counter", StringComparison.Ordinal)
        && method.ContainingNamespace.IsWithin("System");

    private static bool IsAbout(IInvocationOperation call, in BodyContext context)
    {
        foreach (var argument in call.Arguments)
        {
            if (IsData(argument.Value, context))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsKeyedByRequest(IOperation target, in BodyContext context)
        => target is IPropertyReferenceOperation { Property.IsIndexer: true } indexer
            && IsKeyedByContext(indexer.Arguments, context)
            && context.InvocationData().Count > 0;

    /// <summary>s_state[context.AwsRequestId] never gets a second hit: it is no cache but a leak.</summary>
    private static bool IsKeyedByContext(ImmutableArray<IArgumentOperation> arguments, in BodyContext context)
    {
        var contract = context.Types.LambdaContext;
        return arguments.Length > 0 && arguments[0].Value.SelfAndDescendants().Any(operation =>
            operation is IPropertyReferenceOperation { Property.Name: "AwsRequestId", Instance.Type: { } type }
                && type.IsOrImplements(contract));
    }

    private static bool IsDictionary(ITypeSymbol? type) => type is not null
        && (type.Name.IndexOf("Dictionary", StringComparison.Ordinal) >= 0
            || type.Name.IndexOf("Cache", StringComparison.Ordinal) >= 0
            || type.AllInterfaces.Any(static contract => contract.Name == "IDictionary"));
}
