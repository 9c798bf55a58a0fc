using WarmContext.Report.Model;

namespace WarmContext.Report.Catalog;

/// <summary>A benchmark method, and what the report calls it.</summary>
public sealed record BenchmarkRow(string Method, string Label, RowRole Role = RowRole.Alternative);
