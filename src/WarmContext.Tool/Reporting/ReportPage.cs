using System.Net;
using System.Reflection;
using WarmContext.Testing;

namespace WarmContext.Tool.Reporting;

/// <summary>Writes a recording as one HTML page that needs nothing else: no network, and for the basics no script.</summary>
internal static class ReportPage
{
    // Nothing may be loaded from anywhere.
    private const string Policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action "
        + "'none'";

    public static string Write(Recording recording)
    {
        var model = new ReportModel(recording);
        var html = new HtmlText()
            .Add(
                $"<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" "
                    + $"content=\"{Policy}\">")
            .Add(
                $"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light "
                    + $"dark\">\n<title>{recording.FunctionName}: execution environment report</title>")
            .AddRaw("<style>\n").AddRaw(Resource("report.css")).AddRaw("</style>\n</head>\n<body>\n");
        html.Add($"<a class=\"skip\" href=\"#timeline\">Skip to the timeline</a>");
        Header(html, model);
        html.Add($"<main>");
        Tiles.Write(html, model);
        Timeline.Write(html, model);
        FindingList.Write(html, model);
        InvocationTable.Write(html, model);
        Appendix.Write(html, model);
        html.Add(
            $"</main>\n<footer>Made by <code>warmcontext report</code> from a recording of {recording.Started:yyyy-MM-dd HH:mm:ss} UTC on "
                + $"this machine. Its times are this machine's, not Lambda's: compare them with each other.</footer>");
        html.AddRaw("<div id=\"card\" role=\"tooltip\" hidden></div>\n<script>\n")
            .AddRaw(Resource("report.js"))
            .AddRaw("</script>\n</body>\n</html>\n");
        return html.ToString();
    }

    private static void Header(HtmlText html, ReportModel model)
    {
        var recording = model.Recording;
        html.Add($"<header>\n<p class=\"kicker\">Execution environment report</p>\n<h1>{recording.FunctionName}</h1>");
        html.Add($"<p class=\"meta\"><code>");

        // A long handler is broken between its parts.
        html.AddRaw(WebUtility.HtmlEncode(recording.Handler).Replace("::", "::<wbr>", StringComparison.Ordinal));
        html.Add(
            $"</code> <span>{recording.MemoryMegabytes} MB</span> <span>timeout {Words.Of(recording.Timeout)}</span> "
                + $"<span>{Words.Of(recording.InitializationType)}</span> <span><time "
                + $"datetime=\"{recording.Started:yyyy-MM-ddTHH:mm:ssZ}\">{recording.Started:d MMM yyyy, HH:mm} UTC</time></span> "
                + $"<span>{Words.Of(recording.Duration)} recorded</span></p>\n</header>");
    }

    private static string Resource(string name)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
