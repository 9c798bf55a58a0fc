using System.Globalization;
using WarmContext.Shared;

namespace WarmContext.Testing.Audits.Checks;

/// <summary>What part of the first caller's wait Init is.</summary>
internal sealed class InitShareCheck : IAuditCheck
{
    public IEnumerable<Finding> Check(Recording recording)
    {
        // Where Init runs ahead of requests, no caller waits for it.
        if (recording.InitializationType is InitializationType.ProvisionedConcurrency or InitializationType.ManagedInstances
            or InitializationType.SnapStart)
        {
            yield break;
        }

        if (recording.Invocations.FirstOrDefault(
            static invocation => invocation is { IsColdStart: true, InitDuration: not null, Responded: not null }) is { } first)
        {
            var init = first.InitDuration!.Value;
            var all = init + (first.Responded!.Value - first.Start);
            yield return Practices.Finding(
                FindingKind.InitShare,
                FindingSeverity.Information,
                $"Init took {Amount.Time(init)}, {(init / all).ToString("P0", CultureInfo.InvariantCulture)} of the {Amount.Time(all)} " +
                "that the first caller waits.",
                [first]);
        }
    }
}
