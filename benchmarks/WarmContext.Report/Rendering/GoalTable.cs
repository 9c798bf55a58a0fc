using WarmContext.Report.Catalog;
using WarmContext.Report.Model;
using WarmContext.Report.Rendering.Documents;

namespace WarmContext.Report.Rendering;

/// <summary>Each goal, its bound and what was measured.</summary>
public static class GoalTable
{
    public static Table Of(ResultSet results)
    {
        ArgumentNullException.ThrowIfNull(results);
        return new Table(
            "Goals", ["Of", "Goal", ">Bound", ">Measured", ">95 % interval", "Met?"], [.. results.Goals.Select(static goal => Row(goal))]);
    }

    /// <summary>The goals of one practice, in fewer columns.</summary>
    public static Table OfPractice(ResultSet results, string practice)
    {
        ArgumentNullException.ThrowIfNull(results);
        return new Table(
            "Goals",
            ["Goal", ">Bound", ">Measured", ">95 % interval", "Met?"],
            [.. results.Goals.Where(goal => goal.Practice == practice).Select(static goal => Row(goal)[1..])]);
    }

    private static string[] Row(Goal goal) =>
    [
        Practice.Of(goal.Practice).ShortTitle,
        goal.Text,
        (goal.IsUpperBound ? "≤ " : "≥ ") + Format.Of(goal.Bound, goal.Unit),
        goal.Measured is { } measured ? $"**{Format.Of(measured.Value, goal.Unit)}**" : "–",
        goal.Measured is { } estimate ? Format.Range(estimate, goal.Unit) : "–",
        goal switch
        {
            { IsMet: null } => "not measured",
            { IsMet: true, IsClear: true } => "met",
            { IsMet: true } => "met, narrowly",
            { IsClear: true } => "**missed**",
            _ => "**missed**, narrowly",
        },
    ];
}
