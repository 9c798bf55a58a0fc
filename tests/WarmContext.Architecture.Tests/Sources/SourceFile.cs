namespace WarmContext.Architecture.Tests.Sources;

/// <summary>A file of a project.</summary>
/// <param name="Path">The path from the repository's root, like src/WarmContext/Time/Clock.cs.</param>
/// <param name="Folder">The folder within the project, like Time, or <see cref="Root"/>.</param>
/// <param name="Text">The content.</param>
internal sealed record SourceFile(string Path, string Folder, string Text)
{
    /// <summary>The name of a project's own folder.</summary>
    public const string Root = "(root)";

    public int Lines => Text.AsSpan().TrimEnd('\n').Count('\n') + 1;
}
