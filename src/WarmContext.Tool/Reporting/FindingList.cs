using WarmContext.Testing;

namespace WarmContext.Tool.Reporting;

/// <summary>The findings, each with its practice, its remedy and the way to its place on the timeline.</summary>
internal static class FindingList
{
    private const int MaxLinks = 12;

    public static void Write(HtmlText html, ReportModel model)
    {
        var recording = model.Recording;
        html.Add($"<section id=\"findings\" aria-labelledby=\"findings-title\">\n<h2 id=\"findings-title\">Findings</h2>");
        if (recording.Findings.Count == 0)
        {
            var nothing = recording.Invocations.Any(static invocation => invocation.IsAudited)
                ? "Nothing found."
                : "Not audited: record with “warmcontext audit” to learn what the practices forbid.";
            html.Add($"<p class=\"empty\">{nothing}</p>\n</section>");
            return;
        }

        // Every environment has its own; what they share, the practice and the remedy, is read once.
        html.Add($"<ul class=\"findings\">");
        foreach (var group in recording.Findings.Select(static (finding, index) => (Finding: finding, Number: index + 1))
            .GroupBy(static pair => (pair.Finding.Severity, pair.Finding.Kind)))
        {
            Write(html, model, [.. group]);
        }

        html.Add($"</ul>\n</section>");
    }

    private static void Write(HtmlText html, ReportModel model, List<(Finding Finding, int Number)> findings)
    {
        var (first, title) = findings[0];
        var severity = Words.Of(first.Severity);
        html.Add($"<li class=\"finding {severity.ToLowerInvariant()}\"><article aria-labelledby=\"finding-title-{title}\">");
        html.Add(
            $"<h3 id=\"finding-title-{title}\"><span class=\"badge\">{severity}</span> {Words.Of(first.Kind)}</h3>\n<ul class=\"seen\">");
        foreach (var (finding, number) in findings)
        {
            Write(html, model, finding, number);
        }

        html.Add($"</ul>\n<p class=\"remedy\"><b>{first.Practice}.</b> {first.Remedy}");
        foreach (var rule in first.Rules)
        {
            html.Add($" <code>{rule}</code>");
        }

        html.Add($"</p></article></li>");
    }

    private static void Write(HtmlText html, ReportModel model, Finding finding, int number)
    {
        var severity = Words.Of(finding.Severity).ToLowerInvariant();
        html.Add($"<li id=\"finding-{number}\" tabindex=\"-1\">");
        if (model.IsMarked(finding))
        {
            html.Add($"<a class=\"mark {severity}\" href=\"#mark-{number}\" aria-label=\"Finding {number} on the timeline\">{number}</a>");
        }
        else
        {
            html.Add($"<span class=\"mark {severity}\">{number}</span>");
        }

        var where = model.Recording.Environments > 1 && model.IsMarked(finding)
            ? Words.Invariant($"Environment {finding.Environment}: ")
            : string.Empty;
        html.Add($"<div><p>{where}{finding.Message}</p>");
        var numbers = finding.RequestIds.Select(model.NumberOf).OfType<int>().ToList();
        if (numbers.Count > 0)
        {
            html.Add($"<p class=\"where\"><span>seen in</span>");
            foreach (var seen in numbers.Take(MaxLinks))
            {
                html.Add($"<a href=\"#t-{seen}\" aria-label=\"Invocation {seen} on the timeline\">#{seen}</a>");
            }

            if (numbers.Count > MaxLinks)
            {
                html.Add($"<span>and {numbers.Count - MaxLinks} more</span>");
            }

            html.Add($"</p>");
        }

        html.Add($"</div></li>");
    }
}
