using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.CodeFixes;
using WarmContext.Analyzers;
using WarmContext.CodeFixes.Base;
using WarmContext.CodeFixes.Editing;

namespace WarmContext.CodeFixes;

/// <summary>WARM0001: builds the client once, in a static field of the type.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
public sealed class HoistClientFix : LambdaCodeFix
{
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create(RuleIds.CostlyClientPerInvocation);

    private protected override IEnumerable<FixChoice> Choices(FixContext context)
    {
        if (Creation(context) is not { } creation
            || ContainingType(creation) is not { } containing
            || TypeOf(creation, context) is not { } type
            || IsTask(type)
            || !StaticInitializer.IsSelfContained(creation, context) || IsChangedLater(creation) || SharesItsUsing(creation))
        {
            yield break;
        }

        if (context.HasWarmContext && type.IsReferenceType && !IsHolder(type))
        {
            yield return FixChoice.Warm("Build once in a Warm<T> holder");
        }

        if (Awaited(creation) is null && StaticInitializer.Needed(creation, containing, context) is not null)
        {
            yield return FixChoice.Plain("Build once in a static readonly field");
        }
    }

    private protected override Document? Apply(FixContext context)
    {
        if (Creation(context) is not { } creation || ContainingType(creation) is not { } type || TypeOf(creation, context) is not { } held)
        {
            return null;
        }

        var awaited = Awaited(creation);
        var typeName = held.ToMinimalDisplayString(context.Model, type.OpenBraceToken.SpanStart);
        var initializer = Initializer(creation, typeName, awaited is not null, context.IsWarm);
        var fieldType = context.IsWarm ? $"Warm<{typeName}>" : typeName;
        var (name, exists) = FieldName(creation, type, held, fieldType, initializer, context);
        var use = !context.IsWarm ? name : awaited is null ? name + ".Value" : $"await {name}.GetAsync(){Configured(awaited)}";

        var track = new SyntaxAnnotation();
        var marked = context.Root.ReplaceNode(
            type, ReplaceUse(type, awaited ?? creation, Edits.Expression(use)).WithAdditionalAnnotations(track));
        if (!exists)
        {
            var current = (TypeDeclarationSyntax)marked.GetAnnotatedNodes(track).Single();
            marked = marked.ReplaceNode(
                current,
                Edits.AddField(
                    current,
                    $"private static readonly {fieldType} {name} = {initializer};",
                    StaticInitializer.Needed(creation, type, context) ?? 0));
        }

        return context.IsWarm ? context.With(marked, "WarmContext") : context.With(marked);
    }

    private static ExpressionSyntax? Creation(FixContext context) => context.Node.AncestorsAndSelf().OfType<ExpressionSyntax>()
        .FirstOrDefault(static node => node is BaseObjectCreationExpressionSyntax or InvocationExpressionSyntax);

    private static TypeDeclarationSyntax? ContainingType(SyntaxNode node)
        => node.Ancestors().OfType<TypeDeclarationSyntax>().FirstOrDefault() is { } type and not InterfaceDeclarationSyntax
            && type.OpenBraceToken.Span.Length > 0
            ? type
            : null;

    private static ITypeSymbol? TypeOf(ExpressionSyntax creation, FixContext context)
    {
        var type = context.Model.GetTypeInfo(creation, context.CancellationToken).Type;
        return Awaited(creation) is not null && type is INamedTypeSymbol { TypeArguments.Length: 1 } task ? task.TypeArguments[0] : type;
    }

    /// <summary>The await of an asynchronous factory, with or without ConfigureAwait.</summary>
    private static AwaitExpressionSyntax? Awaited(ExpressionSyntax creation) => creation.Parent switch
    {
        AwaitExpressionSyntax awaited => awaited,
        MemberAccessExpressionSyntax
        {
            Name.Identifier.ValueText: "ConfigureAwait",
            Parent: InvocationExpressionSyntax { Parent: AwaitExpressionSyntax awaited },
        } => awaited,
        _ => null,
    };

    private static string Configured(AwaitExpressionSyntax awaited)
        => awaited.Expression.AsCallOf("ConfigureAwait") is { } call ? ".ConfigureAwait" + call.ArgumentList : string.Empty;

    /// <summary>A task that is not awaited on the spot: a holder of it would keep its failure.</summary>
    private static bool IsTask(ITypeSymbol type) => type.Name is "Task" or "ValueTask";

    private static bool IsHolder(ITypeSymbol type) => type.Name == "Warm" && type.ContainingNamespace.Name == "WarmContext";

    /// <summary>
    /// http.Timeout = …, http.DefaultRequestHeaders.Add(…): done again in each invocation, to a client that all share; and disposals that
    /// don't go with the declaration. More than one edit.
    /// </summary>
    private static bool IsChangedLater(ExpressionSyntax creation)
    {
        var whole = Awaited(creation) ?? creation;
        var name = whole.Parent switch
        {
            EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax declarator } => declarator.Identifier.ValueText,
            AssignmentExpressionSyntax { Left: IdentifierNameSyntax assigned } assignment when assignment.Right == whole =>
                assigned.Identifier.ValueText,
            _ => null,
        };

        if (name is null || Edits.EnclosingFunction(creation) is not { } scope)
        {
            return false;
        }

        var removed = whole.FirstAncestorOrSelf<LocalDeclarationStatementSyntax>() is { } local && whole.Parent is EqualsValueClauseSyntax
            ? Disposals(local, name).ToList()
            : new List<ExpressionStatementSyntax>();
        return scope.DescendantNodes().OfType<IdentifierNameSyntax>().Any(use => use.Identifier.ValueText == name && use.Parent switch
        {
            MemberAccessExpressionSyntax access when access.Expression == use => access.Name.Identifier.ValueText switch
            {
                "DefaultRequestHeaders" => true,
                "Dispose" or "DisposeAsync" => !removed.Exists(statement => statement.Span.Contains(use.Span)),
                _ => access.Parent is AssignmentExpressionSyntax assignment && assignment.Left == access,
            },
            ConditionalAccessExpressionSyntax
            {
                WhenNotNull: InvocationExpressionSyntax
                {
                    Expression: MemberBindingExpressionSyntax { Name.Identifier.ValueText: "Dispose" or "DisposeAsync" }
                }
            } => !removed.Exists(statement => statement.Span.Contains(use.Span)),
            UsingStatementSyntax => true,
            EqualsValueClauseSyntax
            {
                Parent.Parent.Parent: UsingStatementSyntax
                    or LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not (int)SyntaxKind.None },
            } => true,
            _ => false,
        });
    }

    /// <summary>using HttpClient a = new(), b = new(); can't lose its using for one of them alone.</summary>
    private static bool SharesItsUsing(ExpressionSyntax creation)
        => (Awaited(creation) ?? creation).Parent?.Parent is VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax declaration }
            && declaration is { Variables.Count: > 1, Parent: { } owner }
            && owner is UsingStatementSyntax or LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not (int)SyntaxKind.None };

    private static string Initializer(ExpressionSyntax creation, string typeName, bool awaited, bool warm)
    {
        // new() has lost its target by moving.
        var text = creation is ImplicitObjectCreationExpressionSyntax implicitCreation
            ? $"new {typeName}{implicitCreation.ArgumentList}{(implicitCreation.Initializer is { } values ? " " + values : string.Empty)}"
            : creation.WithoutTrivia().ToString();
        return !warm ? text : awaited ? $"new(_ => {text})" : $"new(() => {text})";
    }

    private static (string Name, bool Exists) FieldName(
        ExpressionSyntax creation, TypeDeclarationSyntax type, ITypeSymbol held, string fieldType, string initializer, FixContext context)
    {
        foreach (var field in type.Members.OfType<FieldDeclarationSyntax>())
        {
            if (field.Declaration.Variables.Count == 1
                && field.Declaration.Variables[0] is { Initializer.Value: { } value } only
                && field.Modifiers.Any(SyntaxKind.StaticKeyword)
                && field.Declaration.Type.ToString() == fieldType
                    && value.NormalizeWhitespace()
                        .ToString() == SyntaxFactory.ParseExpression(initializer).NormalizeWhitespace().ToString())
            {
                return (only.Identifier.ValueText, true);
            }
        }

        var declarator = (Awaited(creation) ?? creation).Parent?.Parent as VariableDeclaratorSyntax;
        var wanted = "s_" + Edits.Camel(declarator?.Identifier.ValueText.TrimStart('_') ?? held.Name);
        var symbol = context.Model.GetDeclaredSymbol(type, context.CancellationToken);
        if (symbol?.DeclaringSyntaxReferences is { Length: > 1 } parts && parts[0].SyntaxTree != type.SyntaxTree)
        {
            // Fix-all mends the other parts of the type at the same time, unseen: what is unique here is not there.
            wanted += "For" + (creation.FirstAncestorOrSelf<MethodDeclarationSyntax>()?.Identifier.ValueText ?? type.Identifier.ValueText);
        }

        var taken = type.DescendantTokens()
            .Where(static token => token.IsKind(SyntaxKind.IdentifierToken))
            .Select(static token => token.ValueText);
        return (Edits.Unique(wanted, symbol is null ? taken : taken.Concat(symbol.MemberNames)), false);
    }

    private static TypeDeclarationSyntax ReplaceUse(TypeDeclarationSyntax type, ExpressionSyntax creation, ExpressionSyntax use)
    {
        var declarator = creation.Parent?.Parent as VariableDeclaratorSyntax;
        var replacement = use.Replacing(creation);
        switch (declarator?.Parent?.Parent)
        {
            case LocalDeclarationStatementSyntax local:
                var disposals = Disposals(local, declarator.Identifier.ValueText).ToList();
                var tracked = type.TrackNodes(disposals.Cast<SyntaxNode>().Concat(new SyntaxNode[] { local, creation }));
                tracked = tracked.ReplaceNode(tracked.GetCurrentNode(creation)!, replacement);
                var current = tracked.GetCurrentNode(local)!;
                tracked = tracked.ReplaceNode(current, Edits.WithoutUsing(current));
                foreach (var disposal in disposals)
                {
                    tracked = (TypeDeclarationSyntax)Edits.RemoveStatement(tracked, tracked.GetCurrentNode(disposal)!);
                }

                return tracked;
            case UsingStatementSyntax { Declaration: { } declaration } statement when declaration.Variables.Count == 1:
                return type.ReplaceNode(statement, Edits.ToBlock(statement, declaration.ReplaceNode(creation, replacement)));
            default:
                return creation.Parent is UsingStatementSyntax bare && bare.Expression == creation
                    ? type.ReplaceNode(bare, Edits.ToBlock(bare, null))
                    : type.ReplaceNode(creation, replacement);
        }
    }

    /// <summary>client.Dispose(); was right for its own client and is wrong for a shared one.</summary>
    private static IEnumerable<ExpressionStatementSyntax> Disposals(LocalDeclarationStatementSyntax local, string name)
        => local.Parent!.DescendantNodes().OfType<ExpressionStatementSyntax>().Where(statement =>
            (statement.Expression is AwaitExpressionSyntax awaited ? awaited.Expression : statement.Expression)
                .WithoutTrivia()
                .ToString() is { } text
            && (text == name + ".Dispose()" || text == name + "?.Dispose()" || text == name + ".DisposeAsync()"));
}
