using WarmContext.Shared;

namespace WarmContext.Testing.Audits.Checks;

/// <summary>What goes on after the thaw, before the event is delivered, was left over from an earlier invocation.</summary>
/// <remarks>
/// What is sent or written is proof, and so is the CPU used where threads were running at the freeze. CPU alone is not: the runtime uses
/// some for itself after a thaw, more of it on a busy machine. It counts only where it comes back in most invocations, as that of a timer
/// does.
/// </remarks>
internal sealed class ResumedWorkCheck : IAuditCheck
{
    private const int MinTimes = 3;

    // A process that does nothing uses well below this in the moment after its thaw: a few of the runtime's threads look at the time.
    private static readonly TimeSpan s_minCpu = TimeSpan.FromMilliseconds(2.5);

    public IEnumerable<Finding> Check(Recording recording)
    {
        var thawed = recording.Invocations.Where(static invocation => invocation.ResumedWork is not null).ToList();
        var resumed = thawed.FindAll(static invocation => IsProven(invocation.ResumedWork!));
        var severity = FindingSeverity.Error;
        if (resumed.Count == 0)
        {
            resumed = ComesBack(thawed);
            severity = FindingSeverity.Warning;
        }

        if (resumed.Count > 0)
        {
            var cpu = resumed.Max(static invocation => invocation.ResumedWork!.CpuTime);
            var longest = resumed.Max(static invocation => invocation.ResumedWork!.End - invocation.ResumedWork.Start);
            var bytes = resumed.Sum(static invocation => Sent(invocation.ResumedWork!));
            var lines = resumed.Sum(static invocation => invocation.ResumedWork!.LogLines);
            yield return Practices.Finding(
                FindingKind.WorkResumed,
                severity,
                "Work of an earlier invocation went on when the function was thawed, before " +
                $"{Amount.Count(resumed.Count, "invocation")}: up to {Amount.Time(cpu)} of CPU within {Amount.Time(longest)}, " +
                $"{Amount.Bytes(bytes)} sent, {Amount.Count(lines, "line")} written.",
                resumed);
        }
    }

    private static bool IsProven(RecordedWork work) =>
        Sent(work) > 0 || work.LogLines > 0 || (work.RunnableThreads.Count > 0 && work.CpuTime >= s_minCpu);

    /// <summary>
    /// The invocations that CPU alone was used before, where they are most. The first thaw is not of an invocation before it.
    /// </summary>
    private static List<RecordedInvocation> ComesBack(List<RecordedInvocation> thawed)
    {
        var later = thawed.FindAll(static invocation => !invocation.IsColdStart);
        var busy = later.FindAll(static invocation => invocation.ResumedWork!.CpuTime >= s_minCpu);
        return busy.Count >= MinTimes && busy.Count * 2 > later.Count ? busy : [];
    }

    private static long Sent(RecordedWork work) => work.Traffic.Sum(static traffic => traffic.BytesSent + traffic.ConnectionsOpened);
}
