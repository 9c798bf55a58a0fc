using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace WarmContext.Architecture.Tests.Telemetry;

/// <summary>A log event, as its method says: one method of a class named …Log for each.</summary>
/// <param name="Id">The number.</param>
/// <param name="Name">The name.</param>
/// <param name="Level">The level.</param>
/// <param name="Package">The package that logs it.</param>
/// <param name="Message">The message, with … for what is filled in.</param>
internal sealed record LogEvent(int Id, string Name, string Level, string Package, string Message);

/// <summary>Finds the log events of a project in its sources.</summary>
internal static class LogEvents
{
    private const string LevelType = "WarmContextLogLevel";

    public static IEnumerable<LogEvent> In(string package, CSharpCompilation compilation)
    {
        var events =
            from tree in compilation.SyntaxTrees
            from type in tree.GetRoot().DescendantNodes().OfType<ClassDeclarationSyntax>()
            where type.Identifier.ValueText.EndsWith("Log", StringComparison.Ordinal)
            from method in type.Members.OfType<MethodDeclarationSyntax>()
            where method.Modifiers.Any(SyntaxKind.PublicKeyword)
            select Read(package, method, compilation.GetSemanticModel(tree));
        return events.OfType<LogEvent>();
    }

    private static LogEvent? Read(string package, MethodDeclarationSyntax method, SemanticModel model)
    {
        foreach (var call in method.DescendantNodes().OfType<InvocationExpressionSyntax>())
        {
            var arguments = call.ArgumentList.Arguments.Select(static argument => argument.Expression).ToList();
            var id = arguments.Where(argument => model.GetTypeInfo(argument).Type?.SpecialType == SpecialType.System_Int32)
                .Select(argument => model.GetConstantValue(argument).Value as int?)
                .FirstOrDefault(static value => value > 0);
            if (id is null || model.GetSymbolInfo(call).Symbol is not IMethodSymbol written)
            {
                continue;
            }

            var message = arguments.Where(argument => model.GetTypeInfo(argument).Type?.SpecialType == SpecialType.System_String)
                .Where(static argument => argument is not InvocationExpressionSyntax { Expression: IdentifierNameSyntax })
                .Select(Text)
                .MaxBy(static text => text.Length);
            return new LogEvent(id.Value, method.Identifier.ValueText, Level(call, written), package, message ?? "…");
        }

        return null;
    }

    // Named where the event is written, or by the helper that writes it.
    private static string Level(InvocationExpressionSyntax call, IMethodSymbol written) =>
        new SyntaxNode[] { call }.Concat(written.DeclaringSyntaxReferences.Select(static reference => reference.GetSyntax()))
            .SelectMany(static node => node.DescendantNodes().OfType<MemberAccessExpressionSyntax>())
            .First(static access => access.Expression is IdentifierNameSyntax { Identifier.ValueText: LevelType })
            .Name.Identifier.ValueText;

    private static string Text(ExpressionSyntax expression) => expression switch
    {
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AddExpression } sum => Text(sum.Left) + Text(sum.Right),
        LiteralExpressionSyntax literal => literal.Token.ValueText,
        InterpolatedStringExpressionSyntax interpolated => Text(interpolated),
        InvocationExpressionSyntax { ArgumentList.Arguments: [.., { Expression: { } last }] } => Text(last),
        _ => "…",
    };

    private static string Text(InterpolatedStringExpressionSyntax interpolated)
    {
        var text = new StringBuilder();
        foreach (var content in interpolated.Contents)
        {
            text.Append(content is InterpolatedStringTextSyntax part ? part.TextToken.ValueText : "…");
        }

        return text.ToString();
    }
}
