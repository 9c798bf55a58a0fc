using WarmContext.Testing;

namespace WarmContext.Tool.Reporting;

/// <summary>An environment's lane: a strip of phases with the invocations in it, and the findings under it.</summary>
internal static class Lane
{
    // A mark's share of the timeline's width, about.
    private const double MarkWidth = 0.035;

    public static void Write(HtmlText html, ReportModel model, int environment)
    {
        var invocations = model.Invocations.Select(static (invocation, index) => (Invocation: invocation, Number: index + 1))
            .Where(pair => pair.Invocation.Environment == environment)
            .ToList();
        var rows = Rows(model, invocations);
        var findings = model.Recording.Findings.Select(static (finding, index) => (Finding: finding, Number: index + 1))
            .Where(pair => pair.Finding.Environment == environment && model.IsMarked(pair.Finding))
            .ToList();
        var processes = model.Phases.Where(phase => phase.Environment == environment)
            .Select(static phase => phase.Process)
            .DefaultIfEmpty(1)
            .Max();
        html.Add(
            $"<section class=\"lane\" aria-label=\"Environment {environment}\" "
                + $"style=\"--rows:{rows.Values.DefaultIfEmpty(0).Max() + 1}\">");
        var counts = Words.Count(invocations.Count, "invocation", "invocations")
            + (processes > 1 ? Words.Invariant($", {processes} processes") : string.Empty);
        html.Add($"<h3>Environment {environment} <small>{counts}</small></h3>\n<ol class=\"strip\">");
        var parts = model.Phases.Where(phase => phase.Environment == environment && phase.Kind != RecordedPhaseKind.Invoke)
            .Select(phase => (phase.Start, Write: (Action)(() => Phase(html, model, phase))))
            .Concat(invocations.Select(pair =>
                (pair.Invocation.Start, Write: (Action)(() => Invocation(html, model, pair.Invocation, pair.Number, rows[pair.Number])))));
        foreach (var (_, write) in parts.OrderBy(static part => part.Start))
        {
            write();
        }

        html.Add($"</ol>");
        if (findings.Count > 0)
        {
            var levels = Levels(model, findings);
            html.Add($"<ol class=\"marks\" aria-label=\"Findings\" style=\"--levels:{levels.Values.Max() + 1}\">");
            foreach (var (finding, number) in findings)
            {
                html.Add(
                    $"<li style=\"left:{model.Percent(finding.At)};--level:{levels[number]}\"><a class=\"mark "
                        + $"{Words.Of(finding.Severity).ToLowerInvariant()}\" id=\"mark-{number}\" href=\"#finding-{number}\" "
                        + $"title=\"{Words.Of(finding.Severity)}: {Words.Of(finding.Kind)}&#10;{finding.Message}\" "
                        + $"aria-label=\"{Words.Of(finding.Severity)}: {Words.Of(finding.Kind)}\">{number}</a></li>");
            }

            html.Add($"</ol>");
        }

        html.Add($"</section>");
    }

    /// <summary>Marks that would cover each other go below one another.</summary>
    private static Dictionary<int, int> Levels(ReportModel model, IEnumerable<(Finding Finding, int Number)> findings)
    {
        var taken = new List<TimeSpan>();
        var levels = new Dictionary<int, int>();
        foreach (var (finding, number) in findings.OrderBy(static pair => pair.Finding.At))
        {
            var level = taken.FindIndex(until => until <= finding.At);
            if (level < 0)
            {
                level = taken.Count;
                taken.Add(default);
            }

            taken[level] = finding.At + (model.Length * MarkWidth);
            levels[number] = level;
        }

        return levels;
    }

    /// <summary>On Managed Instances invocations overlap: each gets the first row that is free.</summary>
    private static Dictionary<int, int> Rows(ReportModel model, IEnumerable<(RecordedInvocation Invocation, int Number)> invocations)
    {
        var ends = new List<TimeSpan>();
        var rows = new Dictionary<int, int>();
        foreach (var (invocation, number) in invocations)
        {
            var row = ends.FindIndex(end => end <= invocation.Start);
            if (row < 0)
            {
                row = ends.Count;
                ends.Add(default);
            }

            ends[row] = model.End(invocation);
            rows[number] = row;
        }

        return rows;
    }

    private static void Phase(HtmlText html, ReportModel model, RecordedPhase phase)
    {
        var length = model.End(phase) - phase.Start;
        var name = phase.Kind == RecordedPhaseKind.Freeze ? "Frozen" : phase.Kind.ToString();
        var declared = phase.DeclaredDuration is { } declaredLength
            ? $"\nthe function finds it was {Words.Of(declaredLength)} longer"
            : string.Empty;
        var label = phase.Kind is RecordedPhaseKind.Init or RecordedPhaseKind.Snapshot or RecordedPhaseKind.Restore
            ? $"{phase.Kind} {Words.Of(length)}"
            : phase.DeclaredDuration is { } found ? "+" + Words.Of(found) : string.Empty;
        var error = phase.Error is null ? string.Empty : "\nended by " + phase.Error;
        var classes = phase.Kind.ToString().ToLowerInvariant()
            + (phase.Error is null ? string.Empty : " error")
            + (phase.DeclaredDuration is null ? string.Empty : " declared");
        html.Add(
            $"<li class=\"part {classes}\" data-kind=\"{phase.Kind}\" "
                + $"style=\"left:{model.Percent(phase.Start)};width:{model.Percent(length)}\" "
                + $"title=\"{name} {Words.Of(length)}\nat {Words.Of(phase.Start)}, process {phase.Process}{declared}{error}\">"
                + $"<span>{label}</span></li>");
    }

    private static void Invocation(HtmlText html, ReportModel model, RecordedInvocation invocation, int number, int row)
    {
        var end = model.End(invocation);
        var responded = invocation.Responded ?? end;
        var length = end - invocation.Start;
        var share = length > TimeSpan.Zero ? (responded - invocation.Start) / length * 100 : 100;
        html.Add(
            $"<li class=\"part invocation{(invocation.Error is null ? string.Empty : " error")}\" data-kind=\"Invoke\" "
                + $"style=\"left:{model.Percent(invocation.Start)};width:{model.Percent(length)};--row:{row}\"><a id=\"t-{number}\" "
                + $"href=\"#inv-{number}\" title=\"{Describe(model, invocation, number)}\"><span class=\"response\" "
                + $"style=\"width:{share:0.##}%\"><span>{number}</span></span><span class=\"after\"></span></a></li>");
    }

    private static string Describe(ReportModel model, RecordedInvocation invocation, int number)
    {
        var responded = invocation.Responded ?? model.End(invocation);
        var lines = new List<string>
        {
            Words.Invariant(
                $"Invocation {number}{(invocation.IsColdStart ? ", cold start" : string.Empty)}: {Words.Of(responded - invocation.Start)}"),
        };
        if (invocation.Error is { } error)
        {
            lines.Add("failed: " + error);
        }

        if (invocation.InitDuration is { } init)
        {
            lines.Add("Init before it: " + Words.Of(init));
        }

        if (invocation.IsAudited)
        {
            lines.Add("CPU: " + Words.Of(invocation.CpuTime));
        }

        if (invocation.Traffic.Count > 0)
        {
            lines.Add(Words.Of(invocation.Traffic));
        }

        lines.Add("after the response: " + Words.Of(model.End(invocation) - responded));
        if (invocation.BackgroundWork is { } work && (work.CpuTime > TimeSpan.Zero || work.Traffic.Count > 0))
        {
            lines.Add($"with {Words.Of(work.CpuTime)} of CPU{(work.Traffic.Count > 0 ? ", " + Words.Of(work.Traffic) : string.Empty)}");
        }

        if (invocation.ResumedWork is { } resumed && (resumed.CpuTime > TimeSpan.Zero || resumed.LogLines > 0))
        {
            lines.Add($"resumed from before: {Words.Of(resumed.CpuTime)} of CPU, {Words.Count(resumed.LogLines, "line", "lines")}");
        }

        return string.Join('\n', lines);
    }
}
