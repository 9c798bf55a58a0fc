using WarmContext.Shared;

namespace WarmContext.Testing.Audits.Checks;

/// <summary>Connections opened to where an earlier invocation of the same process has opened one.</summary>
internal sealed class ReopenedConnectionCheck : IAuditCheck
{
    // Once is a connection that had ended; a pattern is what costs.
    private const int MinInvocations = 2;

    public IEnumerable<Finding> Check(Recording recording)
    {
        var opened = recording.Invocations
            .SelectMany(
                static invocation => invocation.Traffic
                    .Concat(invocation.BackgroundWork?.Traffic ?? [])
                    .Where(static traffic => traffic.ConnectionsOpened > 0),
                static (invocation, traffic) => (invocation, traffic))
            .GroupBy(static each => (each.invocation.Process, each.traffic.RemoteAddress));
        foreach (var remote in opened)
        {
            var invocations = remote.Select(static each => each.invocation).DistinctBy(static invocation => invocation.RequestId).ToList();
            var again = invocations.Skip(1).ToList();
            if (again.Count < MinInvocations)
            {
                continue;
            }

            var count = remote.Where(each => each.invocation != invocations[0]).Sum(static each => each.traffic.ConnectionsOpened);
            var of = recording.Invocations.Count(invocation => invocation.Process == remote.Key.Process);
            yield return Practices.Finding(
                FindingKind.ConnectionsReopened,
                FindingSeverity.Warning,
                $"{Amount.Count(count, "connection")} to {remote.Key.RemoteAddress} opened again in {again.Count} of {of} invocations " +
                "of one process.",
                again);
        }
    }
}
