using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using WarmContext.Analyzers.Base;
using WarmContext.Analyzers.CallGraph;
using WarmContext.Analyzers.Knowledge;
using WarmContext.Analyzers.Recognizers;

namespace WarmContext.Analyzers;

/// <summary>
/// WARM0008: a timer, periodic timer, periodic password provider or endless refresh loop counts on running between invocations.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class TimerAcrossFreezeAnalyzer : BodyAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        RuleIds.TimerAcrossFreeze,
        "Timer or periodic refresher that a freeze breaks",
        "'{0}' does not run while the environment is frozen and fires late or all at once after it; check the age when the value is used "
            + "instead (Warm<T> with an expiry, UsePasswordProvider)",
        RuleIds.Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "Between invocations the environment is frozen and timers stand still. What they should have refreshed is stale at "
            + "the next invocation, often for minutes, and their work lands in the middle of a handler.",
        helpLinkUri: RuleIds.HelpLink(RuleIds.TimerAcrossFreeze));

    private static readonly OperationKind[] s_kinds = { OperationKind.ObjectCreation, OperationKind.Invocation };

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(s_rule);

    private protected override void Analyze(in BodyContext context)
    {
        foreach (var operation in context.Body.Of(s_kinds))
        {
            switch (operation)
            {
                case IObjectCreationOperation { Type: { } type } when IsTimer(type) && !IsHarmless(operation, context):
                    context.Report(s_rule, operation.Syntax, type.Name);
                    break;
                case IInvocationOperation { TargetMethod: { Name: "CreateTimer", ContainingType: { } owner } }
                    when owner.IsNamed("System", "TimeProvider") || owner.BaseType.IsNamed("System", "TimeProvider"):
                    if (!IsHarmless(operation, context))
                    {
                        context.Report(s_rule, operation.Syntax, "TimeProvider.CreateTimer");
                    }

                    break;
                case IInvocationOperation
                {
                    TargetMethod.Name: "UsePeriodicPasswordProvider" or "UsePeriodicPasswordProviderAsync"
                } call:
                    context.Report(s_rule, call.Syntax, call.TargetMethod.Name);
                    break;
                case IInvocationOperation { TargetMethod: { Name: "Run" or "StartNew" or "QueueUserWorkItem" } method } call
                    when method.ContainingType.Name is "Task" or "TaskFactory" or "ThreadPool" && RunsForever(call):
                    context.Report(s_rule, call.Syntax, "The endless loop in " + method.ContainingType.Name + "." + method.Name);
                    break;
            }
        }
    }

    private static bool IsTimer(ITypeSymbol type)
        => type.IsNamed("System.Threading", "Timer")
            || type.IsNamed("System.Timers", "Timer")
            || type.IsNamed("System.Threading", "PeriodicTimer");

    /// <summary>
    /// A timer that ends with the invocation that made it, such as one that cancels at a deadline, and one that fires once.
    /// </summary>
    private static bool IsHarmless(IOperation operation, in BodyContext context)
        => (context.Body.Kind == BodyKind.Invocation && TimerUse.IsDisposedIn(operation, context.Body))
            || TimerUse.FiresOnce(operation, context.Map);

    private static bool RunsForever(IInvocationOperation call) =>
        call.Arguments.Length > 0 && call.Arguments[0].SelfAndDescendants().Any(static operation =>
        operation is IWhileLoopOperation { Condition.ConstantValue: { HasValue: true, Value: true } } loop
        && loop.Body.SelfAndDescendants()
            .Any(static inner =>
                inner is IInvocationOperation { TargetMethod: { Name: "Delay" or "Sleep" or "WaitForNextTickAsync",
                    ContainingType.Name: "Task" or "Thread" or "PeriodicTimer" } }));
}
