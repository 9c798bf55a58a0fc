using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace WarmContext.Analyzers.Knowledge;

/// <summary>
/// What deployment files say about this assembly: the handlers they name and whether SnapStart is on. Read by pattern, since the three
/// formats (aws-lambda-tools-defaults.json, serverless.template, template.yaml) spell these two facts alike and a parser would have to be
/// shipped.
/// </summary>
internal sealed class LambdaTemplates
{
    // The name is a plain value, the first of a list (a container image's command), a folded line, or within !Sub or Fn::Sub.
    private static readonly Regex s_handler = new(
        @"[""']?(?:function-handler|image-command|Handler|Command)[""']?\s*:\s*"
            + @"(?:\[\s*|-\s+|[>|][-+]?\s+|!Sub\s+|\{\s*[""']?Fn::Sub[""']?\s*:\s*)*"
            + @"[""']?(?<assembly>[\w.\-]+)::(?<type>[\w.+`]+)::(?<method>\w+)",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase);

    private static readonly Regex s_lineComment = new(@"^[ \t]*(#|//).*$", RegexOptions.Multiline | RegexOptions.CultureInvariant);
    private static readonly Regex s_yamlComment = new(@"(?<=^|[ \t])#.*$", RegexOptions.Multiline | RegexOptions.CultureInvariant);

    private static readonly Regex s_snapStart = new(
        @"(?:SnapStart[""']?\s*:\s*\{?\s*[""']?ApplyOn|snap-start-apply-on|snapstart-apply-on)[""']?\s*:\s*[""']?PublishedVersions",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase);

    private static readonly char[] s_slashes = { '/', '\\' };
    private static readonly char[] s_separators = { ',', ';', ' ' };

    private LambdaTemplates(ImmutableHashSet<string> handlers, bool snapStart)
    {
        Handlers = handlers;
        SnapStart = snapStart;
    }

    /// <summary>"Type::Method" for each handler of this assembly.</summary>
    public ImmutableHashSet<string> Handlers { get; }

    public bool SnapStart { get; }

    public static LambdaTemplates Read(AnalyzerOptions options, string? assemblyName, CancellationToken cancellationToken)
    {
        var handlers = ImmutableHashSet.CreateBuilder<string>(StringComparer.Ordinal);
        var snapStart = false;
        foreach (var file in options.AdditionalFiles)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!IsTemplate(file.Path) || file.GetText(cancellationToken) is not { } text)
            {
                continue;
            }

            var content = WithoutComments(text.ToString());
            var (named, own) = Collect(content, assemblyName, handlers);

            // A template above the project may describe other functions only: their SnapStart isn't ours.
            snapStart |= (own || !named) && s_snapStart.IsMatch(content);
        }

        if (options.AnalyzerConfigOptionsProvider.GlobalOptions.TryGetValue("warmcontext.handlers", out var listed))
        {
            foreach (var entry in listed.Split(s_separators, StringSplitOptions.RemoveEmptyEntries))
            {
                Collect("Handler: " + entry, assemblyName, handlers);
            }
        }

        return new LambdaTemplates(handlers.ToImmutable(), snapStart);
    }

    private static (bool Named, bool Own) Collect(string content, string? assemblyName, ImmutableHashSet<string>.Builder handlers)
    {
        var named = false;
        var own = false;
        foreach (Match match in s_handler.Matches(content))
        {
            named = true;
            if (string.Equals(match.Groups["assembly"].Value, assemblyName, StringComparison.OrdinalIgnoreCase))
            {
                own = true;
                handlers.Add(match.Groups["type"].Value + "::" + match.Groups["method"].Value);
            }
        }

        return (named, own);
    }

    private static bool IsTemplate(string path)
    {
        var name = path.Substring(path.LastIndexOfAny(s_slashes) + 1);
        return name.Equals("aws-lambda-tools-defaults.json", StringComparison.OrdinalIgnoreCase)
            || name.EndsWith("template.yaml", StringComparison.OrdinalIgnoreCase)
            || name.EndsWith("template.yml", StringComparison.OrdinalIgnoreCase)
            || name.EndsWith(".template", StringComparison.OrdinalIgnoreCase)
            || name.EndsWith("template.json", StringComparison.OrdinalIgnoreCase);
    }

    // In JSON a # can only be part of a text.
    private static string WithoutComments(string content)
        => (content.TrimStart().StartsWith("{", StringComparison.Ordinal) ? s_lineComment : s_yamlComment).Replace(content, string.Empty);
}
