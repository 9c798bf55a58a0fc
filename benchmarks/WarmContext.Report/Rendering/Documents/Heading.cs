namespace WarmContext.Report.Rendering.Documents;

/// <summary>A heading.</summary>
/// <param name="Level">1 to 3.</param>
/// <param name="Text">Without marks.</param>
/// <param name="Anchor">What links to it call it; empty for none.</param>
public sealed record Heading(int Level, string Text, string Anchor = "") : Block;
