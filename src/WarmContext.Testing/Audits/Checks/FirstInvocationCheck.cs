using WarmContext.Shared;

namespace WarmContext.Testing.Audits.Checks;

/// <summary>A first invocation that does what Init could have done.</summary>
internal sealed class FirstInvocationCheck : IAuditCheck
{
    private const int LeastWarm = 3;
    private const double LeastRatio = 3;
    private static readonly TimeSpan s_leastDifference = TimeSpan.FromMilliseconds(50);

    public IEnumerable<Finding> Check(Recording recording)
    {
        var answered = recording.Invocations.Where(static invocation => invocation is { Responded: not null, Error: null }).ToList();
        var warm = answered.Where(static invocation => !invocation.IsColdStart).Select(Latency).Order().ToList();
        if (warm.Count < LeastWarm)
        {
            yield break;
        }

        var median = warm[warm.Count / 2];
        var slow = answered.Where(invocation => invocation.IsColdStart && Latency(invocation) >= median * LeastRatio && Latency(invocation) - median >= s_leastDifference).ToList();
        if (slow.Count > 0)
        {
            yield return Practices.Finding(
                FindingKind.FirstInvocationSlow,
                FindingSeverity.Warning,
                $"The first invocation of a process took {Amount.Time(Latency(slow[0]))} after Init, the median of {warm.Count} later ones {Amount.Time(median)}: it creates, connects or compiles what Init could have.",
                slow);
        }
    }

    private static TimeSpan Latency(RecordedInvocation invocation) => invocation.Responded!.Value - invocation.Start;
}
