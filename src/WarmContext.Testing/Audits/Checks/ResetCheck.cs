namespace WarmContext.Testing.Audits.Checks;

/// <summary>Processes that ended before their time.</summary>
internal sealed class ResetCheck : IAuditCheck
{
    public IEnumerable<Finding> Check(Recording recording) => recording.Phases
        .Where(static phase => phase.Error is not null && phase.Kind != RecordedPhaseKind.Shutdown)
        .GroupBy(static phase => phase.Process)
        .Select(process => process.First())
        .Select(phase => new Finding(Practices.Finding(
            FindingKind.EnvironmentReset,
            FindingSeverity.Error,
            $"Process {phase.Process} was lost in its {phase.Kind} phase: {phase.Error}. The next invocation pays for another Init.",
            recording.Invocations.Where(
                invocation => phase.RequestId is not null && invocation.RequestId == phase.RequestId))) { At = phase.End ?? phase.Start });
}
