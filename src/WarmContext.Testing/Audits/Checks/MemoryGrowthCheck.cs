using WarmContext.Shared;

namespace WarmContext.Testing.Audits.Checks;

/// <summary>Memory that grows from invocation to invocation.</summary>
/// <remarks>
/// Resident memory also grows because the garbage collector has had no reason to run, so only steady growth by a good part of the limit
/// counts.
/// </remarks>
internal sealed class MemoryGrowthCheck : IAuditCheck
{
    private const int MinInvocations = 8;
    private const int WarmingUp = 3;
    private const double MinShareOfLimit = 0.2;

    public IEnumerable<Finding> Check(Recording recording)
    {
        var limit = recording.MemoryMegabytes * 1024L * 1024;
        var measured = recording.Invocations.Where(static invocation => invocation.MemoryBytes > 0);
        foreach (var process in measured.GroupBy(static invocation => invocation.Process))
        {
            var all = process.Skip(WarmingUp).ToList();
            if (all.Count < MinInvocations)
            {
                continue;
            }

            var growths = all.Zip(all.Skip(1)).Count(static pair => pair.Second.MemoryBytes > pair.First.MemoryBytes);
            var grown = all[^1].MemoryBytes - all[0].MemoryBytes;
            if (growths >= (all.Count - 1) * 0.8 && grown >= limit * MinShareOfLimit)
            {
                yield return Practices.Finding(
                    FindingKind.MemoryGrows,
                    FindingSeverity.Warning,
                    $"Resident memory grew in {growths} of {all.Count - 1} invocations, from {Amount.Bytes(all[0].MemoryBytes)} to " +
                    $"{Amount.Bytes(all[^1].MemoryBytes)} of {recording.MemoryMegabytes} MB. (The garbage collector may have had no " +
                    "reason to run; a heap dump tells.)",
                    all.Skip(1));
            }
        }
    }
}
