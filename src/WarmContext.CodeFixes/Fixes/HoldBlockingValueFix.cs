using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.CodeFixes;
using WarmContext.Analyzers;
using WarmContext.CodeFixes.Base;
using WarmContext.CodeFixes.Editing;

namespace WarmContext.CodeFixes;

/// <summary>WARM0010: makes the value at first use, and again after a failure, instead of in static initialization.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
public sealed class HoldBlockingValueFix : LambdaCodeFix
{
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create(RuleIds.BlockingStaticConstructor);

    private protected override IEnumerable<FixChoice> Choices(FixContext context)
    {
        if (Find(context) is not { } use)
        {
            yield break;
        }

        if (context.HasWarmContext && use.Symbol.Type.IsReferenceType)
        {
            yield return FixChoice.Warm("Hold it in a Warm<T>");
        }

        yield return FixChoice.Plain("Make it at first use (Lazy<T>, PublicationOnly)");
    }

    private protected override Document? Apply(FixContext context)
    {
        if (Find(context) is not { } use)
        {
            return null;
        }

        var typeName = use.Symbol.Type.ToMinimalDisplayString(context.Model, use.Declaration.SpanStart);
        var value = use.Variable.Initializer!.Value.WithoutTrivia();
        var references = use.References.Select(static reference => (SyntaxNode)FieldUse.Whole(reference)).ToList();
        var root = context.Root.TrackNodes(references.Concat(new SyntaxNode[] { use.Declaration }));
        foreach (var reference in references)
        {
            var current = (ExpressionSyntax)root.GetCurrentNode(reference)!;
            root = root.ReplaceNode(current, Edits.Expression(current.WithoutTrivia() + ".Value").Replacing(current));
        }

        var declaration = context.IsWarm
            ? use.Redeclared($"Warm<{typeName}>", $"new({Factory(value, context)})")
            : use.Redeclared($"Lazy<{typeName}>", $"new(() => {value}, LazyThreadSafetyMode.PublicationOnly)");
        root = root.ReplaceNode(root.GetCurrentNode(use.Declaration)!, declaration);
        return context.IsWarm ? context.With(root, "WarmContext") : context.With(root, "System", "System.Threading");
    }

    /// <summary>A static readonly field made by the blocking call, and read only.</summary>
    private static FieldUse? Find(FixContext context)
        => FieldUse.Find(context) is { Symbol: { IsStatic: true, IsReadOnly: true } } use
            && use.References.All(static reference => !FieldUse.IsWritten(FieldUse.Whole(reference)))
            ? use
            : null;

    /// <summary>Without the blocking where the task is at hand: x.Result and x.GetAwaiter().GetResult() become _ => x.</summary>
    private static string Factory(ExpressionSyntax value, FixContext context)
    {
        var task = value switch
        {
            MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Result" } result => result.Expression,
            _ => value.AsCallOf("GetResult")?.Receiver().AsCallOf("GetAwaiter")?.Receiver(),
        };

        return task is not null && TypeOf(task, context) is { Name: "Task" } ? $"_ => {task}" : $"() => {value}";
    }

    private static ITypeSymbol? TypeOf(ExpressionSyntax detached, FixContext context)
        => context.Model.GetSpeculativeTypeInfo(context.Node.SpanStart, detached, SpeculativeBindingOption.BindAsExpression).Type;
}
