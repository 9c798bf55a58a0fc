using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace WarmContext.Architecture.Tests.Telemetry;

/// <summary>An instrument on the meter WarmContext.</summary>
/// <param name="Name">The name.</param>
/// <param name="Kind">Counter, Histogram and the like.</param>
/// <param name="Unit">The unit, as UCUM has it.</param>
/// <param name="Description">What it measures.</param>
internal sealed record MeterInstrument(string Name, string Kind, string Unit, string Description);

/// <summary>Finds the instruments that a project makes in its sources.</summary>
internal static class Instruments
{
    private const string Space = "System.Diagnostics.Metrics";

    /// <summary>Every call that answers with an instrument and is given a name, a unit and a description.</summary>
    public static IEnumerable<MeterInstrument> In(CSharpCompilation compilation) =>
        from tree in compilation.SyntaxTrees
        let model = compilation.GetSemanticModel(tree)
        from call in tree.GetRoot().DescendantNodes().OfType<InvocationExpressionSyntax>()
        where call.ArgumentList.Arguments.Count >= 3
        let constants = call.ArgumentList.Arguments.Select(argument => model.GetConstantValue(argument.Expression).Value)
        let texts = constants.OfType<string>().ToList()
        where texts.Count == 3
        where model.GetTypeInfo(call).Type is INamedTypeSymbol type && type.ContainingNamespace.ToDisplayString() == Space
        select new MeterInstrument(texts[0], model.GetTypeInfo(call).Type!.Name, texts[1], texts[2]);
}
