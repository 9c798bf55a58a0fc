using WarmContext.Shared;

namespace WarmContext.Testing.Audits.Checks;

/// <summary>About the same number of bytes, and not few, received from the same place in invocation after invocation.</summary>
internal sealed class DownloadedAgainCheck : IAuditCheck
{
    private const long MinBytes = 64 * 1024;
    private const int MinTimes = 3;

    // Headers differ by a few bytes between answers with the same body; TLS adds a handshake where it is a new connection.
    private const double Tolerance = 0.02;

    public IEnumerable<Finding> Check(Recording recording)
    {
        var received = recording.Invocations
            .SelectMany(
                static invocation => invocation.Traffic.Where(static traffic => traffic.BytesReceived >= MinBytes),
                static (invocation, traffic) => (invocation, traffic))
            .GroupBy(static each => each.traffic.RemoteAddress);
        foreach (var remote in received)
        {
            // The largest set of invocations that received about the same.
            var sorted = remote.OrderBy(static each => each.traffic.BytesReceived).ToList();
            var same = sorted.Select(each => sorted.FindAll(other => IsAbout(other.traffic.BytesReceived, each.traffic.BytesReceived)))
                .MaxBy(static group => group.Count)!;
            if (same.Count < MinTimes)
            {
                continue;
            }

            yield return Practices.Finding(
                FindingKind.DownloadedAgain,
                FindingSeverity.Warning,
                $"About {Amount.Bytes(same[0].traffic.BytesReceived)} came from {remote.Key} in each of {same.Count} invocations: " +
                $"{Amount.Bytes(same.Sum(static each => each.traffic.BytesReceived))} in all, likely the same bytes. (Counted, not " +
                "compared: what they were isn't seen.)",
                same.Select(static each => each.invocation).OrderBy(static invocation => invocation.Start));
        }
    }

    private static bool IsAbout(long bytes, long expected) => Math.Abs(bytes - expected) <= expected * Tolerance;
}
