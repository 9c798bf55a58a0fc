using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using WarmContext.Analyzers.CallGraph;
using WarmContext.Analyzers.Knowledge;

namespace WarmContext.Analyzers;

/// <summary>WARM0003: a DbConnection is kept in a field that outlives the invocation.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ConnectionInFieldAnalyzer : LambdaAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        RuleIds.ConnectionInField,
        "Database connection kept in a field",
        "'{0}' keeps a database connection between invocations; after a freeze the server may have dropped it. Keep the data source "
            + "(WarmNpgsqlDataSource) and open a connection per invocation.",
        RuleIds.Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "A connection is not thread-safe, and one that idled through a freeze, a failover or the server's idle timeout fails "
            + "on its next command. Opening from a pool costs under a microsecond.",
        helpLinkUri: RuleIds.HelpLink(RuleIds.ConnectionInField));

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(s_rule);

    private protected override void Start(CompilationStartAnalysisContext context, CompilationFacts facts)
    {
        if (facts.Types.DbConnection is null)
        {
            return;
        }

        // Fields are found by syntax, in files that mention a connection at all. A symbol action would be called for every member of
        // the project.
        context.RegisterSemanticModelAction(model =>
        {
            var tree = model.SemanticModel.SyntaxTree;
            if (tree.GetText(model.CancellationToken).ToString().IndexOf("Connection", StringComparison.Ordinal) < 0)
            {
                return;
            }

            foreach (var node in tree.GetRoot(model.CancellationToken)
                .DescendantNodes(static node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax or TypeDeclarationSyntax
                or FieldDeclarationSyntax or VariableDeclarationSyntax))
            {
                if (node is PropertyDeclarationSyntax or VariableDeclaratorSyntax { Parent.Parent: FieldDeclarationSyntax }
                    && model.SemanticModel.GetDeclaredSymbol(node, model.CancellationToken) is { } member)
                {
                    Analyze(member, model, facts);
                }
            }
        });
    }

    private static void Analyze(ISymbol member, SemanticModelAnalysisContext context, CompilationFacts facts)
    {
        var type = member.ContainingType;
        if (member.IsImplicitlyDeclared
            || type is null
            || type.IsRecord
            || !HoldsConnection(member.MemberType(), facts.Types)
            || member is IPropertySymbol property && !IsStored(property))
        {
            return;
        }

        if (member.IsStatic ? !IsPerThread(member) : IsLongLived(type, CodeMapCache.Get(facts, context.CancellationToken)))
        {
            context.ReportDiagnostic(Diagnostic.Create(s_rule, member.Locations[0], member.Name));
        }
    }

    private static bool HoldsConnection(ITypeSymbol? type, KnownTypes types)
    {
        if (type is INamedTypeSymbol { TypeArguments.Length: 1 } wrapper
            && (KnownTypes.Is(wrapper.OriginalDefinition, types.LazyOfT)
                || KnownTypes.Is(wrapper.OriginalDefinition, types.WarmOfT)
                || types.IsTask(wrapper)))
        {
            return HoldsConnection(wrapper.TypeArguments[0], types);
        }

        return types.IsDbConnection(type);
    }

    private static bool IsStored(IPropertySymbol property)
        => property.ContainingType.GetMembers().OfType<IFieldSymbol>().Any(field => KnownTypes.Is(field.AssociatedSymbol, property));

    private static bool IsPerThread(ISymbol member)
        => member.GetAttributes().Any(static attribute => attribute.AttributeClass?.Name == "ThreadStaticAttribute");

    /// <summary>
    /// A handler's own fields, and those of services it holds; a disposable service owns its connection for a scope, such as a unit of
    /// work.
    /// </summary>
    private static bool IsLongLived(INamedTypeSymbol type, CodeMap map)
        => map.HandlerTypes.Contains(type.OriginalDefinition)
        || (map.OutlivesInvocation(type)
            && !type.AllInterfaces.Any(static contract => contract.Name is "IDisposable" or "IAsyncDisposable"));
}
