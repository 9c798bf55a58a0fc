using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using WarmContext.Analyzers.Knowledge;

namespace WarmContext.Analyzers;

/// <summary>WARM0009: a connection string, or a builder, has a setting that a freeze makes unsafe.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class FreezeUnsafeConnectionStringAnalyzer : LambdaAnalyzer
{
    /// <summary>The diagnostic property with the keyword to remove.</summary>
    public const string KeywordProperty = "keyword";

    private static readonly DiagnosticDescriptor s_rule = new(
        RuleIds.FreezeUnsafeConnectionString,
        "Connection string unsafe across a freeze",
        "'{0}' in a connection string is unsafe in Lambda: {1}",
        RuleIds.Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "Some settings assume a process that runs all the time. Across a freeze keepalives race with the first command, "
            + "connections that never expire are dead, minimum pools hold connections on the server, and waits without a limit end only "
            + "with the function timeout.",
        helpLinkUri: RuleIds.HelpLink(RuleIds.FreezeUnsafeConnectionString));

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(s_rule);

    private protected override void Start(CompilationStartAnalysisContext context, CompilationFacts facts)
    {
        // Only a file that has one of the words is walked: a syntax node action would have the compiler visit every method of the project.
        context.RegisterSemanticModelAction(model =>
        {
            var tree = model.SemanticModel.SyntaxTree;
            if (!ConnectionStringSettings.MayBeIn(tree.GetText(model.CancellationToken)))
            {
                return;
            }

            foreach (var node in tree.GetRoot(model.CancellationToken).DescendantNodes())
            {
                if (node is AssignmentExpressionSyntax assignment && assignment.IsKind(SyntaxKind.SimpleAssignmentExpression))
                {
                    AnalyzeAssignment(assignment, model, facts);
                }
                else if (node.IsKind(SyntaxKind.StringLiteralExpression) || node.IsKind(SyntaxKind.InterpolatedStringText))
                {
                    AnalyzeLiteral(node, model);
                }
            }
        });
    }

    private static void AnalyzeLiteral(SyntaxNode node, SemanticModelAnalysisContext context)
    {
        var text = node switch
        {
            LiteralExpressionSyntax literal => literal.Token.ValueText,
            InterpolatedStringTextSyntax part => part.TextToken.ValueText,
            _ => string.Empty,
        };

        // The whole decides whether it is a connection string: a part behind {host} or a plus needn't say so itself.
        if (text.IndexOf('=') < 0 || !ConnectionStringSettings.LooksLikeConnectionString(Whole(node)))
        {
            return;
        }

        foreach (var (keyword, reason) in ConnectionStringSettings.UnsafeIn(text))
        {
            var properties = ImmutableDictionary<string, string?>.Empty.Add(KeywordProperty, keyword);
            context.ReportDiagnostic(Diagnostic.Create(s_rule, node.GetLocation(), properties, keyword, reason));
        }
    }

    private static string Whole(SyntaxNode part)
    {
        var whole = part.Parent is InterpolatedStringExpressionSyntax interpolated ? interpolated : part;
        while (whole.Parent is BinaryExpressionSyntax sum && sum.IsKind(SyntaxKind.AddExpression))
        {
            whole = sum;
        }

        return whole.ToString();
    }

    private static void AnalyzeAssignment(
        AssignmentExpressionSyntax assignment, SemanticModelAnalysisContext context, CompilationFacts facts)
    {
        var name = assignment.Left switch
        {
            IdentifierNameSyntax identifier => identifier,
            MemberAccessExpressionSyntax member => member.Name as IdentifierNameSyntax,
            _ => null,
        };

        if (name is null || !ConnectionStringSettings.IsWatchedProperty(name.Identifier.ValueText)
            || context.SemanticModel.GetSymbolInfo(name, context.CancellationToken).Symbol is not IPropertySymbol property
            || !property.ContainingType.IsOrDerivesFrom(facts.Types.DbConnectionStringBuilder)
            || !context.SemanticModel.GetConstantValue(assignment.Right, context.CancellationToken).HasValue)
        {
            return;
        }

        var value = context.SemanticModel.GetConstantValue(assignment.Right, context.CancellationToken).Value;
        if (ConnectionStringSettings.WhyUnsafe(property.Name, value?.ToString() ?? string.Empty) is { } reason)
        {
            var properties = ImmutableDictionary<string, string?>.Empty.Add(KeywordProperty, property.Name);
            context.ReportDiagnostic(Diagnostic.Create(s_rule, assignment.GetLocation(), properties, property.Name, reason));
        }
    }
}
