using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.CodeFixes;
using WarmContext.Analyzers;
using WarmContext.CodeFixes.Base;
using WarmContext.CodeFixes.Editing;

namespace WarmContext.CodeFixes;

/// <summary>WARM0006: tracks the work with the invocation, or awaits it.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
public sealed class TrackWorkFix : LambdaCodeFix
{
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create(RuleIds.FireAndForget);

    private protected override IEnumerable<FixChoice> Choices(FixContext context)
    {
        if (Target(context) is not { } target)
        {
            yield break;
        }

        if (context.HasType("WarmContext.Invocation"))
        {
            yield return FixChoice.Warm("Track with the invocation's background work");
        }

        if (target.Replaced.Parent is ExpressionStatementSyntax or EqualsValueClauseSyntax
            && Edits.IsInAsync(target.Replaced)
            && !IsConditional(target.Work))
        {
            yield return FixChoice.Plain("Await");
        }
    }

    private protected override Document? Apply(FixContext context)
    {
        if (Target(context) is not { } target)
        {
            return null;
        }

        var work = target.Work.WithoutTrivia();
        if (!context.IsWarm)
        {
            // var pending = SendAsync(); that nobody reads becomes a statement: its result may be void.
            if (target.Declaration is { } declaration)
            {
                var statement = SyntaxFactory.ExpressionStatement(SyntaxFactory.AwaitExpression(work)).NormalizeWhitespace();
                statement = statement.ReplaceNode(((AwaitExpressionSyntax)statement.Expression).Expression, work);
                return context.With(context.Root.ReplaceNode(declaration, statement.WithTriviaFrom(declaration)));
            }

            var awaited = SyntaxFactory.AwaitExpression(
                SyntaxFactory.Token(SyntaxKind.AwaitKeyword).WithTrailingTrivia(SyntaxFactory.Space), work);
            return context.With(context.Root.ReplaceNode(target.Replaced, awaited.WithTriviaFrom(target.Replaced)));
        }

        // ConfigureAwait has nothing to configure here, and a tracked task is a Task.
        var task = WithoutConfigureAwait(work);
        if (context.Model.GetTypeInfo(WithoutConfigureAwait(target.Work), context.CancellationToken).Type is { Name: "ValueTask" })
        {
            task = SyntaxFactory.InvocationExpression(
                SyntaxFactory.MemberAccessExpression(
                    SyntaxKind.SimpleMemberAccessExpression, task, SyntaxFactory.IdentifierName("AsTask")));
        }

        // The work goes in as a node, not as text: findings inside it are still to be mended.
        var tracked = SyntaxFactory.ParseExpression($"Invocation.Current.Background.Track(\"{Name(target.Work, context)}\", work)");
        tracked = tracked.ReplaceNode(((InvocationExpressionSyntax)tracked).ArgumentList.Arguments[1].Expression, task);
        var root = target.Declaration is { } local
            ? context.Root.ReplaceNode(local, SyntaxFactory.ExpressionStatement(tracked).WithTriviaFrom(local))
            : context.Root.ReplaceNode(target.Replaced, tracked.WithTriviaFrom(target.Replaced));
        return context.With(root, "WarmContext");
    }

    private static (ExpressionSyntax Work, ExpressionSyntax Replaced, LocalDeclarationStatementSyntax? Declaration)? Target(
        FixContext context)
    {
        var node = context.Node.FirstAncestorOrSelf<ExpressionSyntax>();
        if (node is AssignmentExpressionSyntax discard)
        {
            return discard.Right is InvocationExpressionSyntax ? (discard.Right, discard, null) : null;
        }

        // bus?.SendAsync() may be null, and a thread has no task.
        if (node is not InvocationExpressionSyntax call || call.Parent is ConditionalAccessExpressionSyntax || IsThread(call))
        {
            return null;
        }

        var declaration = (call.Parent as EqualsValueClauseSyntax)?.Parent?.Parent?.Parent is LocalDeclarationStatementSyntax local
            && local.Declaration.Variables.Count == 1
            ? local
            : null;
        return call.Parent is EqualsValueClauseSyntax && declaration is null ? null : (call, call, declaration);
    }

    /// <summary>A continuation that runs only on failure is cancelled by success: to await it would throw then.</summary>
    private static bool IsConditional(ExpressionSyntax work)
        => WithoutConfigureAwait(work).AsCallOf("ContinueWith") is { } call
            && call.ArgumentList.DescendantTokens().Any(static token =>
                token.ValueText.StartsWith("OnlyOn", StringComparison.Ordinal)
                    || token.ValueText.StartsWith("NotOn", StringComparison.Ordinal));

    private static bool IsThread(InvocationExpressionSyntax call)
        => call.Expression is MemberAccessExpressionSyntax access
            && access.Name.Identifier.ValueText is "QueueUserWorkItem" or "UnsafeQueueUserWorkItem" or "Start" or "UnsafeStart";

    private static ExpressionSyntax WithoutConfigureAwait(ExpressionSyntax expression)
        => expression.AsCallOf("ConfigureAwait")?.Receiver() ?? expression;

    /// <summary>What logs and reports will call it: the method, or for Task.Run the method it is in.</summary>
    private static string Name(ExpressionSyntax work, FixContext context)
    {
        var called = context.SymbolOf(WithoutConfigureAwait(work)) as IMethodSymbol;
        return called is null || called.ContainingType.Name is "Task" or "TaskFactory"
            ? work.Ancestors().OfType<MethodDeclarationSyntax>().FirstOrDefault()?.Identifier.ValueText ?? "Background"
            : called.Name;
    }
}
