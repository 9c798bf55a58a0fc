namespace WarmContext.Testing.Audits.Checks;

/// <summary>Processes that ended before their time.</summary>
internal sealed class ResetCheck : IAuditCheck
{
    public IEnumerable<Finding> Check(Recording recording) => recording.Phases
        .Where(static phase => phase.Error is not null && phase.Kind != RecordedPhaseKind.Shutdown)
        .GroupBy(static phase => phase.Process)
        .Select(process => process.First())
        .Select(phase => new Finding(Of(phase, recording.Invocations)) { At = phase.End ?? phase.Start });

    private static Finding Of(RecordedPhase phase, IEnumerable<RecordedInvocation> invocations) => Practices.Finding(
        FindingKind.EnvironmentReset,
        FindingSeverity.Error,
        $"Process {phase.Process} was lost in its {phase.Kind} phase: {phase.Error}. The next invocation pays for another Init.",
        invocations.Where(invocation => phase.RequestId is not null && invocation.RequestId == phase.RequestId));
}
