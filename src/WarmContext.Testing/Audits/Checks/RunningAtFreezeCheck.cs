using WarmContext.Shared;

namespace WarmContext.Testing.Audits.Checks;

/// <summary>Threads that were still running when the process was frozen.</summary>
internal sealed class RunningAtFreezeCheck : IAuditCheck
{
    public IEnumerable<Finding> Check(Recording recording)
    {
        var seen = recording.Invocations.Where(static invocation => invocation.BackgroundWork?.RunnableThreads.Count > 0).ToList();
        if (seen.Count > 0)
        {
            var names = seen.SelectMany(static invocation => invocation.BackgroundWork!.RunnableThreads)
                .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
            yield return Practices.Finding(
                FindingKind.RunningAtFreeze,
                FindingSeverity.Error,
                $"Threads were still running when the function was frozen, after {Amount.Count(seen.Count, "invocation")}: " +
                $"{string.Join(", ", names)}. What they do goes on in a later invocation, or never.",
                seen);
        }
    }
}
