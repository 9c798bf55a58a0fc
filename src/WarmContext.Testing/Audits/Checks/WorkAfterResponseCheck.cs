using WarmContext.Shared;

namespace WarmContext.Testing.Audits.Checks;

/// <summary>CPU or network used between the response and the freeze.</summary>
internal sealed class WorkAfterResponseCheck : IAuditCheck
{
    // Posting the response and asking for the next event cost CPU too, and a compiler may run in the background.
    private static readonly TimeSpan s_minCpu = TimeSpan.FromMilliseconds(20);

    // A process's first response compiles the code for that.
    private static readonly TimeSpan s_minCpuAtFirst = TimeSpan.FromMilliseconds(60);

    public IEnumerable<Finding> Check(Recording recording)
    {
        var seen = recording.Invocations.Where(
            static invocation =>
                invocation.BackgroundWork is { } work
                    && (Bytes(work) > 0 || work.CpuTime >= (invocation.IsColdStart ? s_minCpuAtFirst : s_minCpu))).ToList();
        foreach (var group in seen.GroupBy(static invocation => Judge(invocation.BackgroundWork!)))
        {
            var longest = group.Max(static invocation => invocation.BackgroundWork!.End - invocation.BackgroundWork.Start);
            var cpu = group.Max(static invocation => invocation.BackgroundWork!.CpuTime);
            var bytes = group.Sum(static invocation => Bytes(invocation.BackgroundWork!));
            var (severity, verdict) = group.Key;
            yield return Practices.Finding(
                FindingKind.WorkAfterResponse,
                severity,
                $"After {Amount.Count(group.Count(), "response")} the function used up to {Amount.Time(cpu)} of CPU and moved " +
                $"{Amount.Bytes(bytes)} over the network, for up to {Amount.Time(longest)}. {verdict}",
                group);
        }
    }

    private static (FindingSeverity Severity, string Verdict) Judge(RecordedWork work) => work switch
    {
        { RunnableThreads.Count: > 0 } => (
            FindingSeverity.Warning, "It was not over when the freeze came: it goes on in a later invocation, or never."),
        { WasHeldByExtension: true } => (
            FindingSeverity.Information,
            "An extension held the freeze back meanwhile; that time is billed and keeps the environment busy."),
        { WasHeldByRuntime: true } => (
            FindingSeverity.Information,
            "The runtime asked for its next event only then; that time is billed and keeps the environment busy."),
        _ => (FindingSeverity.Warning, "Nothing held the freeze back for it: it ended in time by luck, or not at all."),
    };

    private static long Bytes(RecordedWork work) =>
        work.Traffic.Sum(static traffic => traffic.BytesSent + traffic.BytesReceived + traffic.ConnectionsOpened);
}
