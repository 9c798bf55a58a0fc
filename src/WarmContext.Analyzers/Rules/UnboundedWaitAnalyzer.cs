using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using WarmContext.Analyzers.Base;
using WarmContext.Analyzers.CallGraph;
using WarmContext.Analyzers.Knowledge;

namespace WarmContext.Analyzers;

/// <summary>WARM0016: a wait has neither a time limit nor a cancellation token.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class UnboundedWaitAnalyzer : BodyAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        RuleIds.UnboundedWait,
        "Wait without regard to the remaining time",
        "'{0}' may wait longer than the invocation has: the function then times out and the environment is reset; bound it by "
            + "RemainingTime or pass a cancellation token",
        RuleIds.Category,
        DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        description: "A function that runs into its timeout is killed: the caller gets no answer, nothing is logged, and the next "
            + "invocation pays for a new process. A wait bounded a little below RemainingTime fails in the open instead.",
        helpLinkUri: RuleIds.HelpLink(RuleIds.UnboundedWait));

    private static readonly OperationKind[] s_kinds = { OperationKind.Invocation, OperationKind.Loop };

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
                case IInvocationOperation call when Waits(call) && !IsBounded(call, context.Types) && !LooksAtTheClock(context.Body):
                    context.Report(s_rule, call.Syntax, call.TargetMethod.ContainingType.Name + "." + call.TargetMethod.Name);
                    break;
                case IWhileLoopOperation { Condition.ConstantValue: { HasValue: true, Value: true } } loop
                    when Polls(loop, context.Types) && !LooksAtTheClock(context.Body):
                    context.Report(s_rule, ((WhileStatementSyntax)loop.Syntax).WhileKeyword.GetLocation(), "while (true)");
                    break;
            }
        }
    }

    private static bool LooksAtTheClock(CodeBody body) => body.Operations.Any(static operation =>
        operation is IPropertyReferenceOperation { Property.Name: "RemainingTime" }
            or IInvocationOperation { TargetMethod.Name: "RemainingTimeLess" });

    private static bool Waits(IInvocationOperation call)
    {
        var method = call.TargetMethod;
        return method.ContainingType.Name switch
        {
            "SemaphoreSlim" => method.Name is "Wait" or "WaitAsync",
            "WaitHandle" => method.Name is "WaitOne" or "WaitAll" or "WaitAny",
            "ManualResetEventSlim" or "CountdownEvent" => method.Name is "Wait",
            "Barrier" => method.Name is "SignalAndWait",
            "Task" =>
                (method.ContainingNamespace.Is("System.Threading.Tasks") && method.Name is "Wait" or "WaitAll" or "WaitAny")
                    || IsEndlessDelay(call),
            "Monitor" => method.Name is "Wait",
            "Thread" => method.Name is "Join" && method.ContainingNamespace.Is("System.Threading"),
            "Process" => method.Name is "WaitForExit" or "WaitForExitAsync",
            "BlockingCollection" => method.Name is "Take",
            "ChannelReader" => method.Name is "ReadAsync" or "WaitToReadAsync" or "ReadAllAsync",
            _ => false,
        };
    }

    private static bool IsEndlessDelay(IInvocationOperation call)
        => call.TargetMethod.Name == "Delay" && call.Arguments.Length > 0 && call.Arguments[0].Value.Unwrap() is { } delay
        && (delay.ConstantValue is { HasValue: true, Value: -1 }
            || delay is IFieldReferenceOperation { Field: { Name: "InfiniteTimeSpan" } });

    private static bool IsBounded(IInvocationOperation call, KnownTypes types)
    {
        foreach (var argument in call.Arguments)
        {
            if (argument.ArgumentKind == ArgumentKind.DefaultValue || argument.Parameter is not { } parameter)
            {
                continue;
            }

            var value = argument.Value.Unwrap();
            if (KnownTypes.Is(parameter.Type, types.CancellationToken))
            {
                if (value is not (IDefaultValueOperation or IPropertyReferenceOperation { Property.Name: "None" }))
                {
                    return true;
                }
            }
            else if ((parameter.Type.SpecialType == SpecialType.System_Int32 || parameter.Type.Name == "TimeSpan")
                && !(value.ConstantValue is { HasValue: true, Value: -1 }
                    || value is IFieldReferenceOperation { Field.Name: "Infinite" or "InfiniteTimeSpan" }))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>An endless loop that sleeps and looks, without a token or a way out by time.</summary>
    private static bool Polls(IWhileLoopOperation loop, KnownTypes types)
    {
        var sleeps = false;
        foreach (var operation in loop.Body.SelfAndDescendants())
        {
            if (operation is IInvocationOperation { TargetMethod: { Name: "Delay" or "Sleep", ContainingType.Name: "Task" or "Thread" } })
            {
                sleeps = true;
            }
            else if ((operation is IParameterReferenceOperation or ILocalReferenceOperation or IPropertyReferenceOperation
                && KnownTypes.Is(operation.Type, types.CancellationToken))
                || operation is IPropertyReferenceOperation { Property.Name: "UtcNow" or "Elapsed" or "ElapsedMilliseconds" }
                    or IPropertyReferenceOperation { Property.Name: "TickCount64" })
            {
                return false;
            }
        }

        return sleeps;
    }
}
