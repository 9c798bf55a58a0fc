namespace WarmContext.Testing.Audits.Checks;

/// <summary>What goes on after the thaw, before the event is delivered, was left over from an earlier invocation.</summary>
internal sealed class ResumedWorkCheck : IAuditCheck
{
    // A process that does nothing uses well below this in the moment after its thaw: a few of the runtime's threads look at the time.
    private static readonly TimeSpan s_leastCpu = TimeSpan.FromMilliseconds(2.5);

    public IEnumerable<Finding> Check(Recording recording)
    {
        var resumed = recording.Invocations.Where(static invocation => invocation.ResumedWork is { } work && (Sent(work) > 0 || work.LogLines > 0 || work.CpuTime >= s_leastCpu)).ToList();
        if (resumed.Count > 0)
        {
            var cpu = resumed.Max(static invocation => invocation.ResumedWork!.CpuTime);
            var bytes = resumed.Sum(static invocation => Sent(invocation.ResumedWork!));
            var lines = resumed.Sum(static invocation => invocation.ResumedWork!.LogLines);
            yield return Practices.Finding(
                FindingKind.WorkResumed,
                FindingSeverity.Error,
                $"Work of an earlier invocation went on when the function was thawed, before {Amount.Count(resumed.Count, "invocation")}: up to {Amount.Time(cpu)} of CPU within {Amount.Time(SandboxAudit.ThawWindow)}, {Amount.Bytes(bytes)} sent, {Amount.Count(lines, "line")} written.",
                resumed);
        }
    }

    private static long Sent(RecordedWork work) => work.Traffic.Sum(static traffic => traffic.BytesSent + traffic.ConnectionsOpened);
}
