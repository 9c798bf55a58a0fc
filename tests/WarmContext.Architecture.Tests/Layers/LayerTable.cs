using System.Text.RegularExpressions;
using WarmContext.TestSupport;

namespace WarmContext.Architecture.Tests.Layers;

/// <summary>The table of layers in docs/architecture.md: the page that people read is the rule that the tests hold.</summary>
internal static partial class LayerTable
{
    public const string Page = "docs/architecture.md";

    private const string Heading = "## Layers";
    private const string Nothing = "–";

    public static IReadOnlyDictionary<string, ProjectLayers> Read() => Parse(File.ReadAllText(Path.Combine(RepositoryFiles.Root, Page)));

    public static IReadOnlyDictionary<string, ProjectLayers> Parse(string page)
    {
        var start = page.IndexOf(Heading, StringComparison.Ordinal);
        Assert.True(start >= 0, $"{Page} has no section '{Heading}'.");
        var end = page.IndexOf("\n## ", start + 1, StringComparison.Ordinal);
        var section = end < 0 ? page[start..] : page[start..end];
        return Row()
            .Matches(section)
            .Select(static match => ReadRow(match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value))
            .ToDictionary(static layers => layers.Project);
    }

    private static ProjectLayers ReadRow(string project, string uses, string layers) => new(
        project,
        uses == Nothing ? [] : [.. Names(uses).Order()],
        [.. layers.Split('←').Select(static tier => Names(tier.Trim().Trim('{', '}')))]);

    private static string[] Names(string text) => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    // | `WarmContext.Npgsql` | WarmContext, Npgsql | Opening ← Pooling ← (root) |
    [GeneratedRegex(@"^\| `([\w.]+)` \| (.+?) \| (.+?) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
