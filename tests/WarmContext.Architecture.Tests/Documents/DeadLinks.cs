using WarmContext.TestSupport;

namespace WarmContext.Architecture.Tests.Documents;

/// <summary>Finds links between pages that lead nowhere. Links to other sites are not followed.</summary>
internal static class DeadLinks
{
    public static IEnumerable<string> In(IReadOnlyList<MarkdownPage> pages) =>
        from page in pages
        from link in page.Links
        where !link.Contains(':', StringComparison.Ordinal)
        let reason = ReasonOf(page, link, pages)
        where reason is not null
        select $"{page.Path}: {link} leads nowhere: {reason}.";

    private static string? ReasonOf(MarkdownPage page, string link, IReadOnlyList<MarkdownPage> pages)
    {
        var parts = link.Split('#', 2);
        var target = page.Path;
        if (parts[0].Length > 0)
        {
            var file = Path.GetFullPath(
                Path.Combine(RepositoryFiles.Root, Path.GetDirectoryName(page.Path)!, Uri.UnescapeDataString(parts[0])));
            if (!File.Exists(file) && !Directory.Exists(file))
            {
                return "there is no such file";
            }

            target = Path.GetRelativePath(RepositoryFiles.Root, file).Replace('\\', '/');
        }

        var linked = parts.Length == 2 ? pages.FirstOrDefault(candidate => candidate.Path == target) : null;
        return linked is null || linked.Anchors.Contains(parts[1]) ? null : $"{target} has no heading #{parts[1]}";
    }
}
