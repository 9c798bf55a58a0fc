using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using WarmContext.Analyzers;

namespace WarmContext.CodeFixes;

/// <summary>WARM0001: builds the client once, in a static field of the type.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
public sealed class HoistClientFix : LambdaCodeFix
{
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create(RuleIds.CostlyClientPerInvocation);

    private protected override IEnumerable<FixChoice> Choices(FixContext context)
    {
        if (Creation(context) is not { } creation || ContainingType(creation) is null || !IsSelfContained(creation, context) || IsConfiguredLater(creation))
        {
            yield break;
        }

        if (context.HasWarmContext && TypeOf(creation, context) is { IsReferenceType: true } type && !IsHolder(type))
        {
            yield return FixChoice.Warm("Build once in a Warm<T> holder");
        }

        if (creation.Parent is not AwaitExpressionSyntax)
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

        var awaited = creation.Parent as AwaitExpressionSyntax;
        var typeName = held.ToMinimalDisplayString(context.Model, type.OpenBraceToken.SpanStart);
        var initializer = Initializer(creation, typeName, awaited is not null, context.IsWarm);
        var fieldType = context.IsWarm ? $"Warm<{typeName}>" : typeName;
        var (name, exists) = FieldName(creation, type, held, fieldType, initializer);
        var use = !context.IsWarm ? name : awaited is null ? name + ".Value" : $"await {name}.GetAsync()";

        var track = new SyntaxAnnotation();
        var marked = context.Root.ReplaceNode(type, ReplaceUse(type, awaited ?? creation, Edits.Expression(use)).WithAdditionalAnnotations(track));
        if (!exists)
        {
            var current = (TypeDeclarationSyntax)marked.GetAnnotatedNodes(track).Single();
            marked = marked.ReplaceNode(current, Edits.AddField(current, $"private static readonly {fieldType} {name} = {initializer};"));
        }

        return context.IsWarm ? context.With(marked, "WarmContext") : context.With(marked);
    }

    private static ExpressionSyntax? Creation(FixContext context) => context.Node.AncestorsAndSelf().OfType<ExpressionSyntax>()
        .FirstOrDefault(static node => node is BaseObjectCreationExpressionSyntax or InvocationExpressionSyntax);

    private static TypeDeclarationSyntax? ContainingType(SyntaxNode node)
        => node.Ancestors().OfType<TypeDeclarationSyntax>().FirstOrDefault() is { } type and not InterfaceDeclarationSyntax && type.OpenBraceToken.Span.Length > 0 ? type : null;

    private static ITypeSymbol? TypeOf(ExpressionSyntax creation, FixContext context)
    {
        var type = context.Model.GetTypeInfo(creation, context.CancellationToken).Type;
        return creation.Parent is AwaitExpressionSyntax && type is INamedTypeSymbol { TypeArguments.Length: 1 } task ? task.TypeArguments[0] : type;
    }

    private static bool IsHolder(ITypeSymbol type) => type.Name == "Warm" && type.ContainingNamespace.Name == "WarmContext";

    /// <summary>A static field can't see locals, parameters or instance members.</summary>
    private static bool IsSelfContained(ExpressionSyntax creation, FixContext context)
        => creation.DescendantNodes().OfType<SimpleNameSyntax>().All(name => context.SymbolOf(name) switch
        {
            ILocalSymbol or IRangeVariableSymbol => IsDeclaredWithin(name, creation),
            IParameterSymbol parameter => parameter.DeclaringSyntaxReferences.Any(reference => creation.Span.Contains(reference.Span)),
            IFieldSymbol or IPropertySymbol or IMethodSymbol { MethodKind: MethodKind.Ordinary } when name.Parent is not MemberAccessExpressionSyntax and not MemberBindingExpressionSyntax
                => IsInitializerName(name) || context.SymbolOf(name)!.IsStatic,
            IMethodSymbol { MethodKind: MethodKind.LocalFunction } => false,
            _ => true,
        }) && !creation.DescendantNodes().Any(static node => node is ThisExpressionSyntax or AwaitExpressionSyntax);

    /// <summary>http.Timeout = …, http.DefaultRequestHeaders.Add(…): done again in each invocation, to a client that all share. More than one edit.</summary>
    private static bool IsConfiguredLater(ExpressionSyntax creation)
    {
        if (creation.Parent?.Parent is not VariableDeclaratorSyntax { Parent.Parent: { Parent: { } scope } } declarator)
        {
            return false;
        }

        var name = declarator.Identifier.ValueText;
        return scope.DescendantNodes().OfType<MemberAccessExpressionSyntax>().Any(access => access.Expression is IdentifierNameSyntax receiver && receiver.Identifier.ValueText == name
            && (access.Name.Identifier.ValueText == "DefaultRequestHeaders" || (access.Parent is AssignmentExpressionSyntax assignment && assignment.Left == access)));
    }

    private static bool IsDeclaredWithin(SimpleNameSyntax name, ExpressionSyntax creation)
        => creation.DescendantNodes().OfType<VariableDeclaratorSyntax>().Any(variable => variable.Identifier.ValueText == name.Identifier.ValueText);

    private static bool IsInitializerName(SimpleNameSyntax name)
        => name.Parent is AssignmentExpressionSyntax { Parent: InitializerExpressionSyntax } assignment && assignment.Left == name;

    private static string Initializer(ExpressionSyntax creation, string typeName, bool awaited, bool warm)
    {
        // new() has lost its target by moving.
        var text = creation is ImplicitObjectCreationExpressionSyntax implicitCreation
            ? $"new {typeName}{implicitCreation.ArgumentList}{(implicitCreation.Initializer is { } values ? " " + values : string.Empty)}"
            : creation.WithoutTrivia().ToString();
        return !warm ? text : awaited ? $"new(_ => {text})" : $"new(() => {text})";
    }

    private static (string Name, bool Exists) FieldName(ExpressionSyntax creation, TypeDeclarationSyntax type, ITypeSymbol held, string fieldType, string initializer)
    {
        foreach (var field in type.Members.OfType<FieldDeclarationSyntax>())
        {
            if (field.Declaration.Variables.Count == 1 && field.Declaration.Variables[0] is { Initializer.Value: { } value } only && field.Modifiers.Any(SyntaxKind.StaticKeyword)
                && field.Declaration.Type.ToString() == fieldType && value.NormalizeWhitespace().ToString() == SyntaxFactory.ParseExpression(initializer).NormalizeWhitespace().ToString())
            {
                return (only.Identifier.ValueText, true);
            }
        }

        var whole = creation.Parent is AwaitExpressionSyntax awaited ? awaited : creation;
        var declarator = whole.Parent?.Parent as VariableDeclaratorSyntax;
        var wanted = "s_" + Edits.Camel(declarator?.Identifier.ValueText.TrimStart('_') ?? held.Name);
        return (Edits.Unique(wanted, type.DescendantTokens().Where(static token => token.IsKind(SyntaxKind.IdentifierToken)).Select(static token => token.ValueText)), false);
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
            (statement.Expression is AwaitExpressionSyntax awaited ? awaited.Expression : statement.Expression).WithoutTrivia().ToString() is { } text
            && (text == name + ".Dispose()" || text == name + "?.Dispose()" || text == name + ".DisposeAsync()"));
}
