using WarmContext.Testing;

namespace WarmContext.Tool.Reporting;

/// <summary>What is looked up: the log, the deployment package, and what could not be enforced.</summary>
internal static class Appendix
{
    private const int MaxLines = 5000;
    private const int MaxFiles = 40;

    public static void Write(HtmlText html, ReportModel model)
    {
        var recording = model.Recording;
        Log(html, model);
        Package(html, recording.Package);
        if (recording.Limitations.Count > 0)
        {
            html.Add(
                $"<section id=\"limitations\" aria-labelledby=\"limitations-title\">\n<h2 id=\"limitations-title\">Not enforced on this "
                    + $"machine</h2>\n<ul>");
            foreach (var limitation in recording.Limitations)
            {
                html.Add($"<li>{limitation}</li>");
            }

            html.Add($"</ul>\n</section>");
        }
    }

    private static void Log(HtmlText html, ReportModel model)
    {
        var lines = model.Recording.Log;
        if (lines.Count == 0)
        {
            return;
        }

        var shown = lines.Count > MaxLines ? Words.Invariant($", the first {MaxLines} of them here") : string.Empty;
        html.Add(
            $"<section id=\"log\" aria-labelledby=\"log-title\">\n<h2 id=\"log-title\">Log</h2>\n"
                + $"<details><summary>{Words.Count(lines.Count, "line", "lines")}{shown}</summary>\n<ol class=\"log\">");
        foreach (var line in lines.Take(MaxLines))
        {
            var number = model.NumberOf(line.RequestId);
            html.AddRaw("<li>");
            if (number is { } seen)
            {
                html.Add($"<a href=\"#t-{seen}\">#{seen}</a>");
            }
            else
            {
                html.Add($"<span>env. {line.Environment}</span>");
            }

            html.Add($"<code>{line.Text}</code></li>");
        }

        html.Add($"</ol></details>\n</section>");
    }

    private static void Package(HtmlText html, IReadOnlyList<PackageFile> files)
    {
        if (files.Count == 0)
        {
            return;
        }

        var largest = Math.Max(1, files.Max(static file => file.Bytes));
        html.Add(
            $"<section id=\"package\" aria-labelledby=\"package-title\">\n<h2 id=\"package-title\">Deployment "
                + $"package</h2>\n<details><summary>{Words.Count(files.Count, "file", "files")} with "
                + $"{Words.Bytes(files.Sum(static file => file.Bytes))}, not compressed</summary>\n<div "
                + $"class=\"scroll\"><table><thead><tr><th scope=\"col\">File</th><th scope=\"col\" class=\"n\">Size</th><th scope=\"col\" "
                + $"class=\"chart\"><span class=\"hidden\">Size, drawn</span></th><th scope=\"col\">Code</th></tr></thead><tbody>");
        foreach (var file in files.Take(MaxFiles))
        {
            var code = !file.IsAssembly
                ? string.Empty
                : (file.IsReadyToRun ? "ready to run" : "compiled when used") + (file.IsDebugBuild ? ", Debug build" : string.Empty);
            html.Add(
                $"<tr><th scope=\"row\"><code>{file.Path}</code></th><td class=\"n\">{Words.Bytes(file.Bytes)}</td><td class=\"chart\" "
                    + $"aria-hidden=\"true\"><i class=\"invoke\" "
                    + $"style=\"width:{100.0 * file.Bytes / largest:0.##}%\"></i></td><td>{code}</td></tr>");
        }

        html.Add($"</tbody></table></div></details>\n</section>");
    }
}
