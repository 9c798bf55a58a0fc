using System.Globalization;
using WarmContext.Report.Catalog;
using WarmContext.Report.Model;
using WarmContext.Report.Rendering.Documents;

namespace WarmContext.Report.Rendering;

/// <summary>Time as money: saved milliseconds × invocations × memory × price.</summary>
public static class WorthTable
{
    public static IEnumerable<Block> Of(ResultSet results, WorthInputs inputs)
    {
        ArgumentNullException.ThrowIfNull(results);
        ArgumentNullException.ThrowIfNull(inputs);
        yield return new Paragraph(string.Create(
            CultureInfo.InvariantCulture,
            $"Saved time × {inputs.Invocations:#,##0} invocations × {inputs.MemoryMegabytes:#,##0} MB × "
                + $"${inputs.PricePerGigabyteSecond:0.##########} per GB-second. Other inputs: "
                + $"`dotnet run -c Release --project benchmarks/WarmContext.Report "
                + $"-- render --invocations … --memory … --price-per-gb-second …`."));
        yield return new Table(
            "What this is worth",
            [
                "Practice", "What is compared", ">Ratio", ">Saved per invocation", ">95 % interval",
                $">Per {Format.Number(inputs.Invocations)} invocations",
            ],
            [.. SavingCatalog.All.Select(definition => definition.Of(results)).OfType<Saving>().Select(saving => Cells(saving, inputs))]);
        yield return new Paragraph(
            "Where the time saved is billed anyway (work that goes on after the response, or in Init, "
                + "which is billed since August 2025), what is worth something is the caller's time, not money. "
                + "Where \"saves nothing\" is written, it does.", IsRemark: true);
    }

    private static string[] Cells(Saving saving, WorthInputs inputs) =>
    [
        Practice.Of(saving.Definition.Practice).ShortTitle,
        saving.Definition.Label,
        saving.Ratio is { } ratio ? $"**{Format.Ratio(ratio.Value)}**" : "–",
        Verdict.Amount(saving.Saved, saving.From, Unit.Nanoseconds),
        Format.Range(saving.Saved, Unit.Nanoseconds),
        !saving.Definition.IsBilled
            ? "the caller's time only"
            : saving.IsNothing ? "–" : $"**{Format.Money(inputs.Dollars(saving.Saved.Value))}**",
    ];
}
