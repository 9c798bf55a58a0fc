using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using WarmContext.Analyzers.Base;
using WarmContext.Analyzers.CallGraph;
using WarmContext.Analyzers.Knowledge;

namespace WarmContext.Analyzers;

/// <summary>WARM0006: a task is discarded, so that the freeze may cut it.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class FireAndForgetAnalyzer : BodyAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        RuleIds.FireAndForget,
        "Work that outlives the handler",
        "'{0}' is started and not awaited: the environment freezes when the handler returns, so the work may stop halfway or resume in "
            + "another invocation; await it or track it with Invocation.Current.Background",
        RuleIds.Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "After the response the execution environment is frozen at once. Work left running is suspended in the middle, its "
            + "sockets time out, and it continues during a later invocation or never.",
        helpLinkUri: RuleIds.HelpLink(RuleIds.FireAndForget));

    private static readonly OperationKind[] s_kinds =
    {
        OperationKind.ExpressionStatement, OperationKind.VariableDeclarator, OperationKind.Invocation,
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
            switch (operation)
            {
                case IExpressionStatementOperation { Operation: { } expression }:
                    CheckStatement(expression, context);
                    break;
                case IVariableDeclaratorOperation declarator when declarator.Parent?.Parent?.Parent is not IUsingDeclarationOperation:
                    CheckLocal(declarator, context);
                    break;
                case IInvocationOperation { TargetMethod: { Name: "QueueUserWorkItem" or "UnsafeQueueUserWorkItem",
                    ContainingType.Name: "ThreadPool" } } call:
                    context.Report(s_rule, call.Syntax, "ThreadPool." + call.TargetMethod.Name);
                    break;
                case IInvocationOperation { TargetMethod: { Name: "Start" or "UnsafeStart", ContainingType: { Name: "Thread" } type } } call
                    when type.IsNamed("System.Threading", "Thread") && !IsJoined(call, context.Body):
                    context.Report(s_rule, call.Syntax, "Thread.Start");
                    break;
            }
        }
    }

    private static void CheckStatement(IOperation expression, in BodyContext context)
    {
        // _ = SendAsync(); discards on purpose, and the freeze doesn't mind the purpose.
        var value = expression is ISimpleAssignmentOperation { Target: IDiscardOperation } discard ? discard.Value : expression;
        if (Started(value, context) is { } name)
        {
            context.Report(s_rule, expression.Syntax, name);
        }
    }

    private static void CheckLocal(IVariableDeclaratorOperation declarator, in BodyContext context)
    {
        if (declarator.GetVariableInitializer()?.Value is { } value
            && Started(value, context) is { } name
            && !context.Body.Of(OperationKind.LocalReference)
                .Exists(operation => operation is ILocalReferenceOperation reference && KnownTypes.Is(reference.Local, declarator.Symbol)))
        {
            context.Report(s_rule, value.Syntax, name);
        }
    }

    /// <summary>What a task-returning call is called, unless it is awaited or harmless.</summary>
    private static string? Started(IOperation value, in BodyContext context)
    {
        while (value is IConversionOperation conversion)
        {
            value = conversion.Operand;
        }

        if (value is IConditionalAccessOperation { WhenNotNull: { } inner })
        {
            value = inner;
        }

        if (value is IInvocationOperation { TargetMethod.Name: "ConfigureAwait", Instance: { } configured })
        {
            return Started(configured, context);
        }

        if (value is not IInvocationOperation call || !context.Types.IsTask(call.Type) || IsHarmless(call.TargetMethod))
        {
            return null;
        }

        return call.TargetMethod.ContainingType is { Name: "Task" or "TaskFactory" } type
            ? type.Name + "." + call.TargetMethod.Name
            : call.TargetMethod.Name;
    }

    // Cancelling and completing end work; they start none.
    private static bool IsHarmless(IMethodSymbol method)
        => method.Name is "CancelAsync" or "FromResult" or "FromException" or "FromCanceled" or "DisposeAsync"
        || method.ContainingType.Name is "BackgroundTasks" or "Interlocked";

    private static bool IsJoined(IInvocationOperation start, CodeBody body) => body.Of(OperationKind.Invocation).Exists(operation =>
        operation is IInvocationOperation { TargetMethod.Name: "Join" } join
            && KnownTypes.Is(join.Instance.ReferencedSymbol(), start.Instance.ReferencedSymbol()));
}
