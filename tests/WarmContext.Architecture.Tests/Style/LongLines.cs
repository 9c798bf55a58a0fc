using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using WarmContext.TestSupport;

namespace WarmContext.Architecture.Tests.Style;

/// <summary>Finds lines of code and comment that are wider than an editor beside another, or a review, shows them.</summary>
internal static class LongLines
{
    public const int MaxColumns = 140;

    /// <summary>The lines of the C# files under a folder that are too long.</summary>
    /// <param name="folder">The folder, from the repository's root.</param>
    public static IEnumerable<string> In(string folder) =>
        Directory.GetFiles(Path.Combine(RepositoryFiles.Root, folder), "*.cs", SearchOption.AllDirectories)
            .Select(static file => (Path: Path.GetRelativePath(RepositoryFiles.Root, file).Replace('\\', '/'), File: file))
            .Where(static file => !file.Path.Split('/').Any(static part => part is "bin" or "obj" or "results"))
            .OrderBy(static file => file.Path, StringComparer.Ordinal)
            .SelectMany(static file => Find(file.Path, File.ReadAllText(file.File)));

    /// <summary>The lines of a file that are too long. The text within a raw string is data, and may be as long as it is.</summary>
    public static IEnumerable<string> Find(string path, string text)
    {
        var lines = text.Split('\n');
        if (!Array.Exists(lines, static line => line.Length > MaxColumns))
        {
            return [];
        }

        var data = RawStrings(text);
        return
            from i in Enumerable.Range(0, lines.Length)
            where lines[i].Length > MaxColumns && !data.Contains(i)
            select $"{path}({i + 1}): {lines[i].Length} columns; a line has at most {MaxColumns}.";
    }

    private static HashSet<int> RawStrings(string text)
    {
        var root = CSharpSyntaxTree.ParseText(text, new CSharpParseOptions(LanguageVersion.Preview)).GetRoot();
        var spans = root.DescendantNodes()
            .Where(static node => node is InterpolatedStringExpressionSyntax or LiteralExpressionSyntax && IsRaw(node))
            .Select(static node => node.GetLocation().GetLineSpan());
        return [.. spans.SelectMany(static span => Enumerable.Range(span.StartLinePosition.Line, Lines(span)).Skip(1))];
    }

    private static bool IsRaw(SyntaxNode node) => node.ToString().TrimStart('$', '@').StartsWith("\"\"\"", StringComparison.Ordinal);

    private static int Lines(FileLinePositionSpan span) => span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
}
