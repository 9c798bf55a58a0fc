using WarmContext.Shared;

namespace WarmContext.Testing.Audits.Checks;

/// <summary>An ephemeral storage that holds more after every invocation.</summary>
internal sealed class TemporaryStorageCheck : IAuditCheck
{
    private const int MinGrowths = 3;

    public IEnumerable<Finding> Check(Recording recording)
    {
        var all = recording.Invocations.Where(static invocation => invocation.BackgroundWork is not null).ToList();
        var run = new List<RecordedInvocation>();
        foreach (var invocation in all)
        {
            if (run.Count > 0 && invocation.TemporaryBytes <= run[^1].TemporaryBytes && invocation.TemporaryFiles <= run[^1].TemporaryFiles)
            {
                run.Clear();
            }

            run.Add(invocation);
        }

        // Still growing at the end: a cache that fills up and then stays is no finding.
        if (run.Count > MinGrowths)
        {
            var (first, last) = (run[0], run[^1]);
            yield return Practices.Finding(
                FindingKind.TemporaryStorageGrows,
                FindingSeverity.Warning,
                $"The ephemeral storage grew in each of the last {run.Count - 1} invocations, from " +
                $"{Amount.Count(first.TemporaryFiles, "file")} with {Amount.Bytes(first.TemporaryBytes)} to " +
                $"{Amount.Count(last.TemporaryFiles, "file")} with {Amount.Bytes(last.TemporaryBytes)}. It survives from invocation to " +
                "invocation, and resets too.",
                run.Skip(1));
        }
    }
}
