using WarmContext.Testing;

namespace WarmContext.Tool.Reporting;

/// <summary>The invocations with their latency, as a table.</summary>
internal static class InvocationTable
{
    public static void Write(HtmlText html, ReportModel model)
    {
        html.Add($"<section id=\"invocations\" aria-labelledby=\"invocations-title\">\n<h2 id=\"invocations-title\">Invocations</h2>");
        if (model.Invocations.Count == 0)
        {
            html.Add($"<p class=\"empty\">None.</p>\n</section>");
            return;
        }

        var isAudited = model.Invocations.Any(static invocation => invocation.IsAudited);
        var longest = model.Invocations.Max(invocation => Latency(model, invocation) + Waited(model, invocation));
        html.Add(
            $"<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-labelledby=\"invocations-title\"><table>\n<thead><tr><th "
                + $"scope=\"col\" class=\"n\">#</th><th scope=\"col\" class=\"n\">At</th><th scope=\"col\" class=\"n\">Env.</th><th "
                + $"scope=\"col\" class=\"n\">Init</th><th scope=\"col\" class=\"n\">Latency</th><th scope=\"col\" class=\"chart\"><span "
                + $"class=\"hidden\">Init and latency, drawn</span></th><th scope=\"col\" class=\"n\">After response</th>");
        if (isAudited)
        {
            html.Add(
                $"<th scope=\"col\" class=\"n\">CPU</th><th scope=\"col\" class=\"n\">Opened</th><th scope=\"col\" "
                    + $"class=\"n\">Received</th><th scope=\"col\" class=\"n\">Memory</th>");
        }

        html.Add($"<th scope=\"col\">Outcome</th></tr></thead>\n<tbody>");
        for (var i = 0; i < model.Invocations.Count; i++)
        {
            Row(html, model, model.Invocations[i], i + 1, longest, isAudited);
        }

        html.Add($"</tbody></table></div>\n</section>");
    }

    private static void Row(HtmlText html, ReportModel model, RecordedInvocation invocation, int number, TimeSpan longest, bool isAudited)
    {
        var latency = Latency(model, invocation);
        var waited = Waited(model, invocation);
        html.Add(
            $"<tr id=\"inv-{number}\"{(invocation.Error is null ? string.Empty : " class=error")} tabindex=\"-1\"><th scope=\"row\" "
                + $"class=\"n\"><a href=\"#t-{number}\" aria-label=\"Invocation {number} on the timeline\">{number}</a></th><td "
                + $"class=\"n\">{Words.Of(invocation.Start)}</td><td class=\"n\">{invocation.Environment}</td><td "
                + $"class=\"n\">{(invocation.InitDuration is null ? string.Empty : Words.Of(invocation.InitDuration.Value))}</td><td "
                + $"class=\"n\"><b>{Words.Of(latency)}</b></td>");
        html.Add(
            $"<td class=\"chart\" aria-hidden=\"true\"><i class=\"init\" style=\"width:{waited / longest * 100:0.##}%\"></i><i "
                + $"class=\"invoke\" style=\"width:{latency / longest * 100:0.##}%\"></i></td><td "
                + $"class=\"n\">{Words.Of(model.End(invocation) - (invocation.Responded ?? model.End(invocation)))}</td>");
        if (isAudited)
        {
            html.Add(
                $"<td class=\"n\">{Words.Of(invocation.CpuTime)}</td><td "
                    + $"class=\"n\">{invocation.Traffic.Sum(static traffic => traffic.ConnectionsOpened)}</td><td "
                    + $"class=\"n\">{Words.Bytes(invocation.Traffic.Sum(static traffic => traffic.BytesReceived))}</td><td "
                    + $"class=\"n\">{Words.Bytes(invocation.MemoryBytes)}</td>");
        }

        html.Add(
            $"<td class=\"outcome\" title=\"request {invocation.RequestId}\">{(invocation.IsColdStart ? "cold start" : string.Empty)} "
                + $"{invocation.Error ?? (invocation.IsColdStart ? string.Empty : "ok")}</td></tr>");
    }

    /// <summary>What of Init the caller waited for; with SnapStart and provisioned concurrency it was over before.</summary>
    private static TimeSpan Waited(ReportModel model, RecordedInvocation invocation) =>
        model.Recording.InitializationType == InitializationType.OnDemand || invocation.Process > 1
            ? invocation.InitDuration ?? TimeSpan.Zero
            : TimeSpan.Zero;

    private static TimeSpan Latency(ReportModel model, RecordedInvocation invocation) =>
        (invocation.Responded ?? model.End(invocation)) - invocation.Start;
}
