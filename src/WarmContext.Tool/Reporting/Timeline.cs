using WarmContext.Testing;

namespace WarmContext.Tool.Reporting;

/// <summary>
/// The timeline: a lane for every environment, as lists that are positioned by percentages, so that it needs no script to be seen.
/// </summary>
internal static class Timeline
{
    private const int Ticks = 6;

    // Each where the recording has it.
    private static readonly (string Class, string Name, Func<ReportModel, bool> IsShown)[] s_legend =
    [
        ("init", "Init", Has(RecordedPhaseKind.Init)),
        ("snapshot", "Snapshot, waiting", Has(RecordedPhaseKind.Snapshot)),
        ("restore", "Restore", Has(RecordedPhaseKind.Restore)),
        ("invoke", "Invocation, until its response", static model => model.Invocations.Count > 0),
        ("background", "After the response", static model => model.Invocations.Count > 0),
        ("freeze", "Frozen", Has(RecordedPhaseKind.Freeze)),
        ("thaw", "Thawed, no event yet", Has(RecordedPhaseKind.Thaw)),
        ("shutdown", "Shutdown", Has(RecordedPhaseKind.Shutdown)),
        ("error", "Failed", static model =>
            model.Invocations.Any(static invocation => invocation.Error is not null)
                || model.Phases.Any(static phase => phase.Error is not null)),
        ("marked", "Finding", static model => model.Recording.Findings.Any(model.IsMarked)),
    ];

    public static void Write(HtmlText html, ReportModel model)
    {
        html.Add(
            $"<section id=\"timeline\" aria-labelledby=\"timeline-title\">\n<div class=\"bar\"><h2 id=\"timeline-title\">Timeline</h2>");
        html.Add(
            $"<div class=\"tools\" role=\"group\" aria-label=\"Zoom\" hidden><button type=\"button\" data-zoom=\"out\" aria-label=\"Zoom "
                + $"out\">−</button><button type=\"button\" data-zoom=\"in\" aria-label=\"Zoom in\">+</button><button type=\"button\" "
                + $"data-zoom=\"fit\">Fit</button><output id=\"span\" aria-live=\"polite\"></output></div></div>");
        html.Add($"<ul class=\"legend\" aria-label=\"Legend\">");
        foreach (var (name, text, _) in s_legend.Where(entry => entry.IsShown(model)))
        {
            html.Add($"<li><i class=\"key {name}\"></i>{text}</li>");
        }

        html.Add($"</ul>");
        html.Add($"<canvas id=\"overview\" height=\"36\" aria-hidden=\"true\" hidden></canvas>");
        html.Add(
            $"<div id=\"view\" tabindex=\"0\" role=\"group\" aria-label=\"Timeline of {Words.Of(model.Length)}\" "
                + $"aria-describedby=\"timeline-help\" data-length=\"{model.Length.TotalMilliseconds:0.###}\"><div id=\"track\">");
        Axis(html, model);
        foreach (var environment in model.Environments)
        {
            Lane.Write(html, model, environment);
        }

        html.Add($"</div></div>");
        html.Add(
            $"<p id=\"timeline-help\" class=\"help\" hidden>Drag or scroll to move, <kbd>Ctrl</kbd>+wheel or <kbd>+</kbd> <kbd>−</kbd> to "
                + $"zoom, <kbd>0</kbd> to fit. <kbd>Tab</kbd> into it, then <kbd>←</kbd> <kbd>→</kbd> go from part to part, <kbd>↑</kbd> "
                + $"<kbd>↓</kbd> between lanes, <kbd>Z</kbd> zooms to one, <kbd>Enter</kbd> opens its row.</p>");
        if (model.Invocations.Count < model.Recording.Invocations.Count)
        {
            html.Add(
                $"<p class=\"note\">Shown are the first {model.Invocations.Count} of {model.Recording.Invocations.Count} invocations; the "
                    + $"figures above are of all.</p>");
        }

        html.Add($"</section>");
    }

    private static Func<ReportModel, bool> Has(RecordedPhaseKind kind) => model => model.Phases.Any(phase => phase.Kind == kind);

    private static void Axis(HtmlText html, ReportModel model)
    {
        html.Add($"<ol id=\"axis\" aria-hidden=\"true\">");
        for (var i = 0; i < Ticks; i++)
        {
            var at = model.Length * i / Ticks;
            html.Add($"<li style=\"left:{model.Percent(at)}\">{Words.Of(at)}</li>");
        }

        html.Add($"</ol>");
    }
}
