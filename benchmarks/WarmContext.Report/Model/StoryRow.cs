namespace WarmContext.Report.Model;

/// <summary>A line of the demo's table: the same figure of both forms, and what earned it.</summary>
public sealed record StoryRow(string Figure, string Naive, string Warm, string Practice);
