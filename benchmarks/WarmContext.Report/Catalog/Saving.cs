using WarmContext.Report.Model;

namespace WarmContext.Report.Catalog;

/// <summary>A saving that was measured; times in nanoseconds.</summary>
/// <param name="Definition">What is compared.</param>
/// <param name="From">The usual way.</param>
/// <param name="To">WarmContext's.</param>
/// <param name="Saved">The first less the second; negative is a cost.</param>
/// <param name="Ratio">The second divided by the first; null where the first is too short to be measured.</param>
public sealed record Saving(SavingDefinition Definition, Spread From, Spread To, Estimate Saved, Estimate? Ratio)
{
    /// <summary>Whether it comes to nothing.</summary>
    public bool IsNothing => Rendering.Verdict.IsNothing(Saved, From, Unit.Nanoseconds);
}
