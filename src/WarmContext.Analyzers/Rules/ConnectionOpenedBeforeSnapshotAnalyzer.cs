using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using WarmContext.Analyzers.Base;
using WarmContext.Analyzers.Knowledge;

namespace WarmContext.Analyzers;

/// <summary>WARM0014: with SnapStart on, Init opens a connection and no restore hook renews it.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ConnectionOpenedBeforeSnapshotAnalyzer : SnapshotAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        RuleIds.ConnectionOpenedBeforeSnapshot,
        "Connection opened before the SnapStart snapshot",
        "'{0}' opens a connection at Init, which SnapStart snapshots: every restored environment starts with a dead copy; open it on first "
            + "use or in SnapshotRestore.RegisterAfterRestore",
        RuleIds.Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "Under SnapStart Init runs once, when the version is published, and all environments are restored from its memory. "
            + "Connections in it are long gone by then and must be opened again after the restore.",
        helpLinkUri: RuleIds.HelpLink(RuleIds.ConnectionOpenedBeforeSnapshot));

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(s_rule);

    private protected override void AnalyzeSnapshotted(in BodyContext context)
    {
        foreach (var operation in context.Body.Of(OperationKind.Invocation))
        {
            if (operation is IInvocationOperation { TargetMethod: { } method } call && Opens(method, context.Types))
            {
                context.Report(s_rule, call.Syntax, method.ContainingType.Name + "." + method.Name);
            }
        }
    }

    private static bool Opens(IMethodSymbol method, KnownTypes types)
        => (types.IsDbConnection(method.ContainingType) && method.Name is "Open" or "OpenAsync")
        || (method.ContainingType.IsOrDerivesFrom(types.DbDataSource) && method.Name.StartsWith("OpenConnection", StringComparison.Ordinal))
        || (method.ContainingType.Name is "ConnectionMultiplexer" or "Socket" or "TcpClient" or "SslStream"
            && method.Name.StartsWith("Connect", StringComparison.Ordinal))
        || (method.ContainingType.Name == "ClientWebSocket" && method.Name == "ConnectAsync");
}
