using WarmContext.Shared;

namespace WarmContext.Testing.Audits.Checks;

/// <summary>Connections that had ended when the function was thawed, and were used.</summary>
internal sealed class DeadConnectionCheck : IAuditCheck
{
    public IEnumerable<Finding> Check(Recording recording)
    {
        var uses = from invocation in recording.Invocations
                   from traffic in invocation.Traffic
                       .Concat(invocation.ResumedWork?.Traffic ?? [])
                       .Concat(invocation.BackgroundWork?.Traffic ?? [])
                   where traffic.DeadConnectionsUsed > 0
                   select (invocation, traffic);
        foreach (var remote in uses.GroupBy(static use => use.traffic.RemoteAddress))
        {
            var failed = remote.Where(static use => use.invocation.Error is not null)
                .Select(static use => use.invocation.RequestId).Distinct().Count();
            var invocations = remote.Select(static use => use.invocation).DistinctBy(static invocation => invocation.RequestId).ToList();
            yield return Practices.Finding(
                FindingKind.DeadConnectionUsed,
                failed > 0 ? FindingSeverity.Error : FindingSeverity.Information,
                $"{Amount.Count(remote.Sum(static use => use.traffic.DeadConnectionsUsed), "connection")} to {remote.Key} had ended " +
                $"during the freeze and {(failed > 0 ? "were used all the same" : "were tried")} in " +
                $"{Amount.Count(invocations.Count, "invocation")}; "
                + (failed > 0 ? $"{Amount.Count(failed, "invocation")} failed." : "none failed: the function noticed, or tried again."),
                invocations);
        }
    }
}
