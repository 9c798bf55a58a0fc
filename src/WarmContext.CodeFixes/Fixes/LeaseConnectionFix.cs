using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.CodeFixes;
using WarmContext.Analyzers;
using WarmContext.CodeFixes.Base;
using WarmContext.CodeFixes.Editing;

namespace WarmContext.CodeFixes;

/// <summary>WARM0003: keeps the data source instead of the connection, and opens a connection in each method that used it.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
public sealed class LeaseConnectionFix : LambdaCodeFix
{
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create(RuleIds.ConnectionInField);

    private protected override IEnumerable<FixChoice> Choices(FixContext context)
    {
        if (Plan(context) is null)
        {
            yield break;
        }

        if (context.HasType("WarmContext.Npgsql.WarmNpgsqlDataSource"))
        {
            yield return FixChoice.Warm("Lease from a WarmNpgsqlDataSource");
        }

        if (context.HasType("Npgsql.NpgsqlDataSource"))
        {
            yield return FixChoice.Plain("Open from an NpgsqlDataSource");
        }
    }

    private protected override Document? Apply(FixContext context)
    {
        if (Plan(context) is not { } plan)
        {
            return null;
        }

        var (use, argument, methods) = plan;
        var root = context.Root.TrackNodes(methods.Cast<SyntaxNode>().Concat(new SyntaxNode[] { use.Declaration }));
        foreach (var method in methods)
        {
            var current = root.GetCurrentNode(method)!;
            root = root.ReplaceNode(current, Leased(current, use.Name));
        }

        var declaration = context.IsWarm
            ? use.Redeclared("WarmNpgsqlDataSource", $"new({argument})")
            : use.Redeclared("NpgsqlDataSource", $"NpgsqlDataSource.Create({argument})");
        root = root.ReplaceNode(root.GetCurrentNode(use.Declaration)!, declaration);
        return context.IsWarm ? context.With(root, "WarmContext.Npgsql") : context.With(root, "Npgsql");
    }

    /// <summary>
    /// Null unless every use is in an asynchronous method with a body, outside lambdas: there a lease can be put at the beginning.
    /// </summary>
    private static (FieldUse Use, ArgumentSyntax Argument, List<MethodDeclarationSyntax> Methods)? Plan(FixContext context)
    {
        if (FieldUse.Find(context) is not { } use
            || use.Symbol.Type.ToDisplayString() != "Npgsql.NpgsqlConnection"
            || use.Variable.Initializer!.Value
                is not BaseObjectCreationExpressionSyntax { ArgumentList: { Arguments: { Count: 1 } arguments } })
        {
            return null;
        }

        var methods = new List<MethodDeclarationSyntax>();
        foreach (var reference in use.References)
        {
            if (Edits.EnclosingFunction(reference) is not MethodDeclarationSyntax { Body: not null } method || !Edits.IsInAsync(reference)
                || reference.Parent is MemberAccessExpressionSyntax access && access.Name == reference || FieldUse.IsWritten(reference))
            {
                return null;
            }

            // To open a lease again would throw.
            if (Opens(reference)
                && !method.Body.Statements.Any(statement => statement.Span.Contains(reference.Span) && OnlyOpens(statement, use.Name)))
            {
                return null;
            }

            if (!methods.Contains(method))
            {
                methods.Add(method);
            }
        }

        return (use, arguments[0], methods);
    }

    private static MethodDeclarationSyntax Leased(MethodDeclarationSyntax method, string field)
    {
        var statements = method.Body!.Statements;
        var name = Edits.Unique(
            "connection",
            method.DescendantTokens()
                .Where(static token => token.IsKind(SyntaxKind.IdentifierToken))
                .Select(static token => token.ValueText));
        var first = statements.IndexOf(statement => Mentions(statement, field));
        var kept = new List<StatementSyntax>();
        var comments = new List<SyntaxTrivia>();
        for (var i = 0; i < statements.Count; i++)
        {
            var opens = OnlyOpens(statements[i], field);
            if (i == first)
            {
                kept.Add(SyntaxFactory.ParseStatement($"await using var {name} = await {field}.OpenConnectionAsync();")
                    .WithLeadingTrivia(statements[i].GetLeadingTrivia())
                    .WithTrailingTrivia(
                        opens ? statements[i].GetTrailingTrivia() : SyntaxFactory.TriviaList(SyntaxFactory.ElasticCarriageReturnLineFeed))
                    .Formatted());
            }
            else if (opens)
            {
                // What was said about opening stays, before what comes next.
                comments.AddRange(Edits.Comments(statements[i]));
            }

            if (!opens)
            {
                var statement = i == first ? statements[i].WithLeadingTrivia(SyntaxFactory.ElasticMarker) : statements[i];
                statement = statement.WithLeadingTrivia(comments.Concat(statement.GetLeadingTrivia()));
                kept.Add((StatementSyntax)new Renamer(field, name).Visit(statement).Formatted());
                comments.Clear();
            }
        }

        var body = method.Body.WithStatements(SyntaxFactory.List(kept));
        return method.WithBody(
            body.WithCloseBraceToken(body.CloseBraceToken.WithLeadingTrivia(comments.Concat(body.CloseBraceToken.LeadingTrivia))));
    }

    private static bool Opens(IdentifierNameSyntax reference)
        => reference.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Open" or "OpenAsync" } access
            && access.Expression == reference;

    private static bool Mentions(SyntaxNode node, string field)
        => node.DescendantNodes().OfType<IdentifierNameSyntax>().Any(name => name.Identifier.ValueText == field);

    /// <summary>await s_c.OpenAsync(); or if (s_c.State != …) { await s_c.OpenAsync(); }: leasing takes its place.</summary>
    private static bool OnlyOpens(StatementSyntax statement, string field) => statement switch
    {
        ExpressionStatementSyntax { Expression: { } expression } =>
            IsOpen(expression is AwaitExpressionSyntax awaited ? awaited.Expression : expression, field),
        IfStatementSyntax { Else: null } conditional => Mentions(conditional.Condition, field) && OnlyOpens(conditional.Statement, field),
        BlockSyntax { Statements.Count: > 0 } block => block.Statements.All(inner => OnlyOpens(inner, field)),
        _ => false,
    };

    private static bool IsOpen(ExpressionSyntax expression, string field)
        => expression is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access }
            && access.Name.Identifier.ValueText is "Open" or "OpenAsync" or "Close" or "CloseAsync"
            && access.Expression.ToString() == field;

    private sealed class Renamer(string from, string to) : CSharpSyntaxRewriter
    {
        public override SyntaxNode? VisitInvocationExpression(InvocationExpressionSyntax node) =>
            FieldUse.IsNameOf(node) ? node : base.VisitInvocationExpression(node);

        public override SyntaxNode? VisitIdentifierName(IdentifierNameSyntax node)
        {
            var isMemberOfAnother = node.Parent is MemberAccessExpressionSyntax access && access.Name == node;
            return node.Identifier.ValueText == from && !isMemberOfAnother
                ? node.WithIdentifier(SyntaxFactory.Identifier(to).WithTriviaFrom(node.Identifier))
                : node;
        }
    }
}
