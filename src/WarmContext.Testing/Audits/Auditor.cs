using WarmContext.Testing.Audits.Checks;

namespace WarmContext.Testing.Audits;

/// <summary>Judges what was recorded. It looks at nothing else, so that the same recording has the same findings anywhere.</summary>
internal static class Auditor
{
    private static readonly IAuditCheck[] s_checks =
    [
        new ResetCheck(), new DeadConnectionCheck(), new ResumedWorkCheck(), new RunningAtFreezeCheck(), new WorkAfterResponseCheck(),
        new ReopenedConnectionCheck(), new DownloadedAgainCheck(), new TemporaryStorageCheck(), new MemoryGrowthCheck(),
        new FirstInvocationCheck(), new InitShareCheck(), new PackageWeightCheck(),
    ];

    /// <summary>The findings, those that matter most first.</summary>
    public static List<Finding> Check(Recording recording)
    {
        var findings = new List<Finding>();
        var environments = recording.Invocations.Select(static invocation => invocation.Environment)
            .Concat(recording.Phases.Select(static phase => phase.Environment)).Distinct().Order();
        foreach (var environment in environments)
        {
            var part = new Recording(recording)
            {
                Phases = [.. recording.Phases.Where(phase => phase.Environment == environment)],
                Invocations = [.. recording.Invocations.Where(invocation => invocation.Environment == environment)],

                // Every environment has the same.
                Package = environment == 0 ? recording.Package : [],
            };
            findings.AddRange(s_checks
                .SelectMany(check => check.Check(part))
                .Select(finding => new Finding(finding) { Environment = environment }));
        }

        return
        [
            .. findings.OrderByDescending(static finding => finding.Severity)
                .ThenBy(static finding => finding.Kind)
                .ThenBy(static finding => finding.At),
        ];
    }
}
