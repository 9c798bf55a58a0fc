using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using WarmContext.Analyzers.CallGraph;

namespace WarmContext.Analyzers.Base;

/// <summary>Looks for code that renews what a snapshot holds.</summary>
internal static class RestoreHooks
{
    /// <summary>True when the type, or the body itself, registers a restore hook, or is a resource that WarmContext revalidates.</summary>
    public static bool HasHook(in BodyContext context)
    {
        var type = context.Body.Owner.ContainingType;
        if (type is not null && type.AllInterfaces.Any(static contract => contract.Name == "IWarmResource"))
        {
            return true;
        }

        foreach (var body in context.Map.AllBodies)
        {
            if ((body == context.Body || SymbolEqualityComparer.Default.Equals(body.Owner.ContainingType, type))
                && body.Kind != BodyKind.Invocation
                && body.Of(OperationKind.Invocation).Exists(Registers))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Registers(IOperation operation)
        => operation is IInvocationOperation { TargetMethod: { Name: "RegisterAfterRestore" or "RegisterBeforeSnapshot" } }
            or IInvocationOperation { TargetMethod: { Name: "Register", ContainingType.Name: "ExecutionEnvironment" } };
}
