using WarmContext.Shared;

namespace WarmContext.Testing.Audits.Checks;

/// <summary>A first invocation that does what Init could have done.</summary>
internal sealed class FirstInvocationCheck : IAuditCheck
{
    private const int MinWarm = 3;
    private const double MinRatio = 3;
    private static readonly TimeSpan s_minDifference = TimeSpan.FromMilliseconds(50);

    public IEnumerable<Finding> Check(Recording recording)
    {
        var answered = recording.Invocations.Where(static invocation => invocation is { Responded: not null, Error: null }).ToList();
        var warm = answered.Where(static invocation => !invocation.IsColdStart).Select(Latency).Order().ToList();
        if (warm.Count < MinWarm)
        {
            yield break;
        }

        var median = warm[warm.Count / 2];
        var slow = answered.FindAll(invocation => invocation.IsColdStart
            && Latency(invocation) >= median * MinRatio
            && Latency(invocation) - median >= s_minDifference);
        if (slow.Count > 0)
        {
            yield return Practices.Finding(
                FindingKind.FirstInvocationSlow,
                FindingSeverity.Warning,
                $"The first invocation of a process took {Amount.Time(Latency(slow[0]))} after Init, the median of {warm.Count} later " +
                $"ones {Amount.Time(median)}: it creates, connects or compiles what Init could have.",
                slow);
        }
    }

    private static TimeSpan Latency(RecordedInvocation invocation) => invocation.Responded!.Value - invocation.Start;
}
