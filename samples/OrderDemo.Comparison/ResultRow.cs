namespace OrderDemo;

/// <summary>One line of the table.</summary>
public sealed record ResultRow(string Figure, string Naive, string Warm, string Practice);
