using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using WarmContext.Analyzers.Base;
using WarmContext.Analyzers.CallGraph;
using WarmContext.Analyzers.Knowledge;
using WarmContext.Analyzers.Recognizers;

namespace WarmContext.Analyzers;

/// <summary>WARM0005: a Lazy whose factory does I/O caches its first failure for the life of the environment.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class LazyCachesExceptionAnalyzer : BodyAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        RuleIds.LazyCachesException,
        "Lazy keeps the exception of failed I/O",
        "This Lazy<{0}> does I/O and keeps the exception if that fails once: every later invocation in this environment fails too; use "
            + "Warm<{0}>, which tries again",
        RuleIds.Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "Lazy<T> caches the exception of its factory in its default mode, and a Lazy of a task caches the failed task in "
            + "every mode. One timeout at Init then poisons the environment until it is replaced.",
        helpLinkUri: RuleIds.HelpLink(RuleIds.LazyCachesException));

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(s_rule);

    private protected override void Analyze(in BodyContext context)
    {
        foreach (var operation in context.Body.Of(OperationKind.ObjectCreation))
        {
            if (operation is IObjectCreationOperation { Type: INamedTypeSymbol { TypeArguments.Length: 1 } type } creation
                && KnownTypes.Is(type.OriginalDefinition, context.Types.LazyOfT)
                && (context.Body.Kind != BodyKind.Invocation
                    || CreationContext.IsShared((creation.ParentUnwrapped() as IAssignmentOperation)?.Target))
                && Factory(creation) is { } factory
                && KeepsFailures(creation, type.TypeArguments[0], context.Types)
                && DoesIo(factory, context))
            {
                context.Report(
                    s_rule, creation.Syntax, type.TypeArguments[0].ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat));
            }
        }
    }

    private static IOperation? Factory(IObjectCreationOperation creation)
        => creation.Arguments.FirstOrDefault(
            static argument =>
                argument.Parameter?.Name == "valueFactory")?.Value.Unwrap() is IDelegateCreationOperation { Target: { } target }
            ? target
            : null;

    private static bool KeepsFailures(IObjectCreationOperation creation, ITypeSymbol value, KnownTypes types)
    {
        // A failed task is a value, kept in every mode.
        if (types.IsTask(value))
        {
            return true;
        }

        foreach (var argument in creation.Arguments)
        {
            if (argument.Parameter?.Name == "mode" && argument.Value.Unwrap() is IFieldReferenceOperation { Field.Name: "PublicationOnly" })
            {
                return false;
            }
        }

        return true;
    }

    private static bool DoesIo(IOperation factory, in BodyContext context)
    {
        if (factory is IMethodReferenceOperation reference)
        {
            return context.Types.IsTask(reference.Method.ReturnType)
                || InputOutput.Is(reference.Method, context.Types)
                || InputOutput.IsIn(reference.Method, context.Facts, context.CancellationToken);
        }

        foreach (var operation in factory.SelfAndDescendants())
        {
            if (operation is IAwaitOperation
                || (operation is IInvocationOperation { TargetMethod: { } method }
                    && (InputOutput.Is(method, context.Types) || InputOutput.IsIn(method, context.Facts, context.CancellationToken))))
            {
                return true;
            }
        }

        return false;
    }
}
