using WarmContext.Report.Model;
using WarmContext.Report.Rendering.Documents;

namespace WarmContext.Report.Rendering;

/// <summary>The demo's table, also of the README.</summary>
public static class StoryTable
{
    public static Table Of(IReadOnlyList<StoryRow> rows) =>
        new(
            "The demo",
            [" ", ">Naive", ">Warm", "What earned it"],
            [.. rows.Select(static row => new[] { row.Figure, row.Naive, $"**{row.Warm}**", row.Practice })]);
}
