using System.Text.RegularExpressions;
using WarmContext.TestSupport;

namespace WarmContext.Architecture.Tests.Documents;

/// <summary>A page of the documentation: where its links lead, and what can be linked to in it.</summary>
internal sealed partial class MarkdownPage
{
    private readonly string _text;

    private MarkdownPage(string path, string text) => (Path, _text) = (path, WithoutCode(text));

    /// <summary>Its path, from the repository's root.</summary>
    public string Path { get; }

    /// <summary>The targets of its links and pictures, as they are written.</summary>
    public IEnumerable<string> Links =>
        Link().Matches(_text).Concat(HtmlLink().Matches(_text)).Select(static match => match.Groups[1].Value);

    /// <summary>What follows a # in a link to it.</summary>
    public IReadOnlySet<string> Anchors
    {
        get
        {
            var anchors = Id().Matches(_text).Select(static match => match.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
            var seen = new Dictionary<string, int>(StringComparer.Ordinal);
            foreach (Match heading in Heading().Matches(_text))
            {
                var anchor = AnchorOf(heading.Groups[1].Value);
                var times = seen[anchor] = seen.GetValueOrDefault(anchor) + 1;
                anchors.Add(times == 1 ? anchor : $"{anchor}-{times - 1}");
            }

            return anchors;
        }
    }

    /// <summary>Every page of the repository.</summary>
    public static IReadOnlyList<MarkdownPage> ReadAll() =>
    [
        .. Directory.GetFiles(RepositoryFiles.Root, "*.md", SearchOption.AllDirectories)
            .Select(static file => (File: file, Path: System.IO.Path.GetRelativePath(RepositoryFiles.Root, file).Replace('\\', '/')))
            .Where(static page => !page.Path.Split('/').Any(static part => part is "bin" or "obj" or "artifacts"))
            .OrderBy(static page => page.Path, StringComparer.Ordinal)
            .Select(static page => new MarkdownPage(page.Path, File.ReadAllText(page.File))),
    ];

    /// <summary>A page with this text, for tests.</summary>
    public static MarkdownPage Of(string path, string text) => new(path, text);

    /// <summary>What a heading is linked to by: as GitHub makes it.</summary>
    public static string AnchorOf(string heading)
    {
        var text = LinkText().Replace(heading, "$1");
        return new string([.. text.Trim().ToLowerInvariant().Where(static c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_')])
            .Replace(' ', '-');
    }

    private static string WithoutCode(string text) => InlineCode().Replace(Fence().Replace(text, string.Empty), static code =>
        code.Value.StartsWith('`') && code.Value.Contains("](", StringComparison.Ordinal) ? string.Empty : code.Value);

    [GeneratedRegex(@"(?<!\\)\]\(<?([^)\s>]+)>?(?:\s+""[^""]*"")?\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"<(?:a|img|source)\s[^>]*?(?:href|src|srcset)=""([^""]+)""")]
    private static partial Regex HtmlLink();

    [GeneratedRegex(@"<[a-z]+\s[^>]*?(?:id|name)=""([^""]+)""")]
    private static partial Regex Id();

    [GeneratedRegex(@"^#{1,6}\s+(.+?)\s*#*\r?$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"\[([^\]]*)\]\([^)]*\)")]
    private static partial Regex LinkText();

    [GeneratedRegex(@"^(`{3,}|~{3,})[^\n]*\n.*?^\1[`~]*\s*?$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"`[^`\n]+`")]
    private static partial Regex InlineCode();
}
