using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using WarmContext.Analyzers.Base;
using WarmContext.Analyzers.CallGraph;
using WarmContext.Analyzers.Knowledge;

namespace WarmContext.Analyzers;

/// <summary>WARM0015: with SnapStart on, Init stores an id, a seed, random bytes or an expiry.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class UniqueValueBeforeSnapshotAnalyzer : SnapshotAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        RuleIds.UniqueValueBeforeSnapshot,
        "Unique value made before the SnapStart snapshot",
        "'{0}' is evaluated at Init, which SnapStart snapshots: every restored environment gets the same {1}; make it in the handler or in "
            + "SnapshotRestore.RegisterAfterRestore",
        RuleIds.Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "Under SnapStart all environments are restored from one memory image. An id, a random seed, a secret or an expiry "
            + "computed at Init is the same in all of them, and an expiry is as old as the published version.",
        helpLinkUri: RuleIds.HelpLink(RuleIds.UniqueValueBeforeSnapshot));

    private static readonly OperationKind[] s_kinds = { OperationKind.Invocation, OperationKind.ObjectCreation, OperationKind.Binary };

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(s_rule);

    private protected override void AnalyzeSnapshotted(in BodyContext context)
    {
        foreach (var operation in context.Body.Of(s_kinds))
        {
            if (Unique(operation) is { } unique && (IsStored(operation, context.Body) || Fills(operation)))
            {
                context.Report(s_rule, operation.Syntax, unique.Name, unique.What);
            }
        }
    }

    private static (string Name, string What)? Unique(IOperation operation) => operation switch
    {
        IInvocationOperation { TargetMethod: { Name: "NewGuid" or "CreateVersion7", ContainingType.Name: "Guid" } } call =>
            ("Guid." + call.TargetMethod.Name, "id"),
        IInvocationOperation { TargetMethod: { Name: "NewUlid", ContainingType.Name: "Ulid" } } => ("Ulid.NewUlid", "id"),
        IInvocationOperation { TargetMethod: { Name: "GetRandomFileName", ContainingType.Name: "Path" } } =>
            ("Path.GetRandomFileName", "name"),
        IInvocationOperation { TargetMethod: { ContainingType.Name: "RandomNumberGenerator",
            Name: "GetBytes" or "GetNonZeroBytes" or "Fill" or "GetInt32" or "GetHexString" or "GetString" } } call
            => ("RandomNumberGenerator." + call.TargetMethod.Name, "random value"),
        IInvocationOperation { TargetMethod: { ContainingType: { Name: "Random" } random, Name: var name } }
            when random.IsNamed("System", "Random") && name.StartsWith("Next", StringComparison.Ordinal)
            => ("Random." + name, "random value"),
        IObjectCreationOperation { Type: { } type } when type.IsNamed("System", "Random") => ("new Random", "sequence"),
        IInvocationOperation { TargetMethod: { ContainingType.Name: "DateTime" or "DateTimeOffset", Name: var add } } expiry
            when add.StartsWith("Add", StringComparison.Ordinal) && expiry.Instance is { } now && ReadsClock(now) =>
                ("An expiry from the clock", "expiry"),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.Add, LeftOperand: { } left } when ReadsClock(left) =>
            ("An expiry from the clock", "expiry"),
        IInvocationOperation { TargetMethod: { Name: "GetTimestamp" or "StartNew", ContainingType.Name: "Stopwatch" } } call =>
            ("Stopwatch." + call.TargetMethod.Name, "start time"),
        _ => null,
    };

    private static bool ReadsClock(IOperation operation) => operation.Unwrap() switch
    {
        IPropertyReferenceOperation { Property: { Name: "UtcNow" or "Now" or "TickCount64" or "TickCount",
            ContainingType.Name: "DateTime" or "DateTimeOffset" or "Environment" } } => true,
        IInvocationOperation { TargetMethod: { Name: "GetUtcNow" or "GetLocalNow", ContainingType.Name: "TimeProvider" } } => true,
        _ => false,
    };

    /// <summary>RandomNumberGenerator.Fill(_key): the buffer is the field.</summary>
    private static bool Fills(IOperation operation) =>
        operation is IInvocationOperation { TargetMethod.Name: "Fill" or "NextBytes" or "GetBytes" or "GetNonZeroBytes",
            Arguments: { Length: 1 } arguments }
        && CreationContext.IsShared(arguments[0].Value) && arguments[0].Parameter?.Type.SpecialType != SpecialType.System_Int32;

    /// <summary>Kept in a field or property; a value that a constructor uses up at once is harmless.</summary>
    private static bool IsStored(IOperation operation, CodeBody body)
    {
        if (body.Owner is IFieldSymbol or IPropertySymbol)
        {
            return true;
        }

        foreach (var ancestor in operation.Ancestors())
        {
            switch (ancestor)
            {
                case IAssignmentOperation { Target: { } target }:
                    return CreationContext.IsShared(target);
                case IBlockOperation or IExpressionStatementOperation:
                    return false;
            }
        }

        return false;
    }
}
