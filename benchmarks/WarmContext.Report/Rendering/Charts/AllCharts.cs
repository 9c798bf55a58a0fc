using WarmContext.Report.Model;

namespace WarmContext.Report.Rendering.Charts;

/// <summary>The charts that a result set has figures for.</summary>
public static class AllCharts
{
    public static IReadOnlyList<Chart> Draw(ResultSet results)
    {
        Chart?[] charts =
            [SavedChart.Draw(results), CumulativeChart.Draw(results), RoundTripChart.Draw(results), ColdStartChart.Draw(results)];
        return [.. charts.OfType<Chart>()];
    }
}
