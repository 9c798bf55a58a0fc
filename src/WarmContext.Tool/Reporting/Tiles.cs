using WarmContext.Testing;

namespace WarmContext.Tool.Reporting;

/// <summary>The figures at the top of the page.</summary>
internal static class Tiles
{
    public static void Write(HtmlText html, ReportModel model)
    {
        var recording = model.Recording;
        var failed = recording.Invocations.Count(static invocation => invocation.Error is not null);
        var environments = model.Environments.Count();
        var starts = recording.Phases.Count(static phase => phase.Kind == RecordedPhaseKind.Init);
        html.Add($"<dl class=\"tiles\" aria-label=\"In figures\">");
        Tile(
            html,
            "Invocations",
            Words.Invariant($"{recording.Invocations.Count}"),
            failed == 0 ? "all succeeded" : Words.Invariant($"{failed} failed"),
            failed == 0 ? "good" : "bad");
        Tile(
            html,
            "Latency, median",
            Time(model.Percentile(50)),
            model.Percentile(99) is { } slow ? "p99 " + Words.Of(slow) : string.Empty,
            string.Empty);
        if (Slowest(model, RecordedPhaseKind.Restore) is { } restore)
        {
            Tile(
                html,
                "Slowest restore",
                Words.Of(restore),
                "Init, before the snapshot: " + Time(Slowest(model, RecordedPhaseKind.Init)),
                string.Empty);
        }
        else
        {
            Tile(
                html,
                "Slowest Init",
                Time(Slowest(model, RecordedPhaseKind.Init)),
                Words.Count(starts, "process started", "processes started"),
                string.Empty);
        }

        Tile(html, "Environments", Words.Invariant($"{environments}"), Frozen(model, environments), string.Empty);
        var errors = Count(recording, FindingSeverity.Error);
        var warnings = Count(recording, FindingSeverity.Warning);
        var others = Count(recording, FindingSeverity.Information);
        var isAudited = recording.Findings.Count > 0 || recording.Invocations.Any(static invocation => invocation.IsAudited);
        var counts = Words.Count(errors, "error", "errors") + ", " + Words.Count(warnings, "warning", "warnings")
            + (others > 0 ? Words.Invariant($", {others} for information") : string.Empty);
        Tile(
            html,
            "Findings",
            isAudited ? Words.Invariant($"{errors + warnings}") : "–",
            isAudited ? counts : "not audited",
            !isAudited ? string.Empty : errors > 0 ? "bad" : warnings > 0 ? "warn" : "good");
        html.Add($"</dl>");
    }

    private static void Tile(HtmlText html, string name, string value, string note, string mood) =>
        html.Add($"<div class=\"tile {mood}\"><dt>{name}</dt><dd><b>{value}</b> <span>{note}</span></dd></div>");

    private static string Time(TimeSpan? time) => time is { } value ? Words.Of(value) : "–";

    private static TimeSpan? Slowest(ReportModel model, RecordedPhaseKind kind) =>
        model.Phases.Where(phase => phase.Kind == kind).Select(phase => (TimeSpan?)(model.End(phase) - phase.Start)).Max();

    private static int Count(Recording recording, FindingSeverity severity) =>
        recording.Findings.Count(finding => finding.Severity == severity);

    private static string Frozen(ReportModel model, int environments)
    {
        if (environments == 0)
        {
            return string.Empty;
        }

        var all = model.Phases.GroupBy(static phase => phase.Environment)
            .Sum(phases => (phases.Max(model.End) - phases.Min(static phase => phase.Start)).Ticks);
        var frozen = model.Phases.Where(static phase => phase.Kind == RecordedPhaseKind.Freeze)
            .Sum(phase => (model.End(phase) - phase.Start).Ticks);
        var declared = model.Phases.Sum(static phase => phase.DeclaredDuration?.Ticks ?? 0);
        if (declared > 0)
        {
            return $"frozen {Words.Of(new TimeSpan(frozen + declared))}, as the function finds";
        }

        return all == 0 ? string.Empty : Words.Invariant($"frozen {100.0 * frozen / all:0}% of the time");
    }
}
