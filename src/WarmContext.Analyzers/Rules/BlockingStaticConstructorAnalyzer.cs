using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using WarmContext.Analyzers.Base;
using WarmContext.Analyzers.CallGraph;
using WarmContext.Analyzers.Knowledge;
using WarmContext.Analyzers.Recognizers;

namespace WarmContext.Analyzers;

/// <summary>WARM0010: a static constructor or static field initialiser waits for I/O.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class BlockingStaticConstructorAnalyzer : BodyAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        RuleIds.BlockingStaticConstructor,
        "Blocking I/O in static initialization",
        "'{0}' blocks in static initialization: if it fails, the type is unusable for the life of the environment, and Init can run into "
            + "its limit; use Warm<T> and warm it up",
        RuleIds.Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "A static constructor that throws poisons its type: every later use throws TypeInitializationException. Blocking on "
            + "I/O there holds the type lock and a thread for as long as the network takes.",
        helpLinkUri: RuleIds.HelpLink(RuleIds.BlockingStaticConstructor));

    private static readonly OperationKind[] s_kinds = { OperationKind.PropertyReference, OperationKind.Invocation };

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(s_rule);

    private protected override void Analyze(in BodyContext context)
    {
        if (context.Body.Kind != BodyKind.Init || !IsStaticInitialization(context.Body.Owner))
        {
            return;
        }

        foreach (var operation in context.Body.Of(s_kinds))
        {
            if (InputOutput.IsBlockingResult(operation, context.Types))
            {
                context.Report(s_rule, operation.Syntax, "Result");
            }
            else if (operation is IInvocationOperation { TargetMethod: { } method } call && Blocks(method, context.Types))
            {
                context.Report(
                    s_rule, call.Syntax, method.Name == "GetResult" ? "GetResult" : method.ContainingType.Name + "." + method.Name);
            }
        }
    }

    private static bool IsStaticInitialization(ISymbol owner)
        => owner is IMethodSymbol { MethodKind: MethodKind.StaticConstructor }
            || (owner is IFieldSymbol or IPropertySymbol && owner.IsStatic);

    // Reading a file that ships with the function is quick and what Init is for: local files stay out.
    private static bool Blocks(IMethodSymbol method, KnownTypes types)
    {
        if (InputOutput.IsBlockingWait(method, types))
        {
            return true;
        }

        return !types.IsTask(method.ReturnType)
            && !(method.ContainingType.Name is "File" or "Directory")
            && (InputOutput.Is(method, types)
                || method is { Name: "Sleep" or "Join", ContainingType.Name: "Thread" }
                || method is { Name: "WaitForExit", ContainingType.Name: "Process" }
                || method is { Name: "Connect", ContainingType.Name: "Socket" or "TcpClient" }
                || method.ContainingType.IsNamed("System.Net", "WebClient"));
    }
}
