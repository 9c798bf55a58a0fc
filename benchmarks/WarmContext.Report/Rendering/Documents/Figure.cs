using WarmContext.Report.Rendering.Charts;

namespace WarmContext.Report.Rendering.Documents;

/// <summary>A chart.</summary>
public sealed record Figure(Chart Chart) : Block;
