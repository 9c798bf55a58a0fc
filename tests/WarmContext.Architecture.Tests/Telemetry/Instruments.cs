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
    private const string Prefix = "Guarded";

    /// <summary>Every call that answers with an instrument and is given a name, a unit and a description.</summary>
    public static IEnumerable<MeterInstrument> In(CSharpCompilation compilation) =>
        from tree in compilation.SyntaxTrees
        let model = compilation.GetSemanticModel(tree)
        from call in tree.GetRoot().DescendantNodes().OfType<InvocationExpressionSyntax>()
        where call.ArgumentList.Arguments.Count >= 3
        let constants = call.ArgumentList.Arguments.Select(argument => model.GetConstantValue(argument.Expression).Value)
        let texts = constants.OfType<string>().ToList()
        where texts.Count == 3
        let type = model.GetTypeInfo(call).Type?.Name
        where type is "GuardedCounter" or "GuardedHistogram"
        select new MeterInstrument(texts[0], type[Prefix.Length..], texts[1], texts[2]);
}
