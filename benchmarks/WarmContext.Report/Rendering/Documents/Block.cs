namespace WarmContext.Report.Rendering.Documents;

/// <summary>A part of a document. Texts may have **bold** and `code` and links, as in Markdown.</summary>
public abstract record Block;
