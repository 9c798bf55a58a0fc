namespace WarmContext.Report.Rendering.Documents;

/// <summary>A paragraph, or a remark in smaller type.</summary>
public sealed record Paragraph(string Text, bool IsRemark = false) : Block;
