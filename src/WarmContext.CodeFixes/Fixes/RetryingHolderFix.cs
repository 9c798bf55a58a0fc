using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.CodeFixes;
using WarmContext.Analyzers;
using WarmContext.CodeFixes.Base;
using WarmContext.CodeFixes.Editing;

namespace WarmContext.CodeFixes;

/// <summary>WARM0005: a holder that tries again after a failure, Warm or a Lazy that publishes only successes.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
public sealed class RetryingHolderFix : LambdaCodeFix
{
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create(RuleIds.LazyCachesException);

    private protected override IEnumerable<FixChoice> Choices(FixContext context)
    {
        if (FieldUse.Find(context) is not { } use || Creation(context) is not { } creation || Held(use) is not { } held)
        {
            yield break;
        }

        if (context.HasWarmContext
            && Unwrapped(held) is { IsReferenceType: true, NullableAnnotation: not NullableAnnotation.Annotated }
            && use.References.All(
                reference => FieldUse.Whole(reference).Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Value" }))
        {
            yield return FixChoice.Warm("Hold it in a Warm<T>, which tries again");
        }

        // A failed task is a value to a Lazy: no mode of it helps.
        if (!IsTask(held) && creation.ArgumentList is not null)
        {
            yield return FixChoice.Plain("Keep successes only (LazyThreadSafetyMode.PublicationOnly)");
        }
    }

    private protected override Document? Apply(FixContext context)
    {
        if (FieldUse.Find(context) is not { } use
            || Creation(context) is not { ArgumentList.Arguments: { Count: > 0 } arguments } creation
            || Held(use) is not { } held)
        {
            return null;
        }

        if (!context.IsWarm)
        {
            var mode = SyntaxFactory.Argument(SyntaxFactory.ParseExpression("LazyThreadSafetyMode.PublicationOnly"));
            var list = arguments.Count > 1
                ? creation.ArgumentList.ReplaceNode(arguments[1], mode.WithTriviaFrom(arguments[1]))
                : creation.ArgumentList.AddArguments(mode.WithLeadingTrivia(SyntaxFactory.Space));
            return context.With(context.Root.ReplaceNode(creation, creation.WithArgumentList(list)), "System.Threading");
        }

        var isTask = IsTask(held);
        var typeName = Unwrapped(held).ToMinimalDisplayString(context.Model, use.Declaration.SpanStart);
        var factory = WithComments(
            arguments[0].Expression, isTask ? WithToken(arguments[0].Expression) : arguments[0].Expression.ToString());
        var root = context.Root.TrackNodes(use.References.Select(static reference => (SyntaxNode)FieldUse.Whole(reference).Parent!)
            .Concat(new SyntaxNode[] { use.Declaration }));
        if (isTask)
        {
            foreach (var reference in use.References)
            {
                var access = root.GetCurrentNode(FieldUse.Whole(reference).Parent!)!;
                var call = access.Parent is AwaitExpressionSyntax ? ".GetAsync()" : ".GetAsync().AsTask()";
                root = root.ReplaceNode(
                    access, Edits.Expression(((MemberAccessExpressionSyntax)access).Expression + call).Replacing(access));
            }
        }

        root = root.ReplaceNode(root.GetCurrentNode(use.Declaration)!, use.Redeclared($"Warm<{typeName}>", $"new({factory})"));
        return context.With(root, "WarmContext");
    }

    private static BaseObjectCreationExpressionSyntax? Creation(FixContext context) =>
        context.Node.FirstAncestorOrSelf<BaseObjectCreationExpressionSyntax>();

    private static ITypeSymbol? Held(FieldUse use) =>
        use.Symbol.Type is INamedTypeSymbol { Name: "Lazy", TypeArguments.Length: 1 } lazy ? lazy.TypeArguments[0] : null;

    private static bool IsTask(ITypeSymbol type) => type is INamedTypeSymbol { Name: "Task", TypeArguments.Length: 1 };

    private static ITypeSymbol Unwrapped(ITypeSymbol type) => IsTask(type) ? ((INamedTypeSymbol)type).TypeArguments[0] : type;

    private static string WithComments(ExpressionSyntax factory, string text)
        => factory.GetLeadingTrivia().ToFullString() is var leading && leading.Trim().Length > 0 ? "\n" + leading + text : text;

    /// <summary>Warm's factory takes a token: () => x becomes _ => x, and a method group becomes a call.</summary>
    private static string WithToken(ExpressionSyntax factory) => factory switch
    {
        ParenthesizedLambdaExpressionSyntax { ParameterList.Parameters.Count: 0 } lambda =>
            lambda.WithParameterList(SyntaxFactory.ParseParameterList("(_)").WithTriviaFrom(lambda.ParameterList))
                .ToString()
                .Replace("(_)", "_"),
        _ => $"_ => {factory}()",
    };
}
