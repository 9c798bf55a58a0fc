using WarmContext.Testing.Audits;

namespace WarmContext.Testing.Recordings;

/// <summary>Lays the recordings of several environments on one time line.</summary>
internal static class RecordingMerge
{
    /// <summary>Merges them.</summary>
    /// <param name="parts">The environments' numbers and recordings.</param>
    /// <param name="function">What runs in all of them.</param>
    public static Recording Of(IReadOnlyList<(int Environment, Recording Recording)> parts, LocalFunctionOptions function)
    {
        var started = parts.Count == 0 ? DateTimeOffset.UtcNow : parts.Min(static part => part.Recording.Started);
        var shifted = parts.Select(part => Shift(part.Recording, part.Recording.Started - started, part.Environment)).ToList();
        var merged = new Recording
        {
            FunctionName = function.FunctionName,
            Handler = function.Handler,
            InitializationType = function.InitializationType,
            MemoryMegabytes = function.MemoryMegabytes,
            Timeout = function.Timeout,
            Environments = Math.Max(1, parts.Count),
            Started = started,
            Duration = shifted.Count == 0 ? TimeSpan.Zero : shifted.Max(static recording => recording.Duration),
            Phases = [.. shifted.SelectMany(static recording => recording.Phases).OrderBy(static phase => phase.Start)],
            Invocations = [.. shifted.SelectMany(static recording => recording.Invocations).OrderBy(static invocation => invocation.Start)],
            Log = [.. shifted.SelectMany(static recording => recording.Log).OrderBy(static line => line.NotBefore)],
            Package = shifted.Count == 0 ? [] : shifted[0].Package,
            Limitations = [.. shifted.SelectMany(static recording => recording.Limitations).Distinct(StringComparer.Ordinal)],
        };
        return function.Audit ? new Recording(merged) { Findings = Auditor.Check(merged) } : merged;
    }

    private static Recording Shift(Recording recording, TimeSpan by, int environment) => new(recording)
    {
        Duration = recording.Duration + by,
        Phases =
        [
            .. recording.Phases.Select(
                phase => new RecordedPhase(phase) { Environment = environment, Start = phase.Start + by, End = phase.End + by }),
        ],
        Log =
        [
            .. recording.Log.Select(
                line => new RecordedLogLine(line)
                {
                    Environment = environment,
                    NotBefore = line.NotBefore + by,
                    NotAfter = line.NotAfter + by,
                }),
        ],
        Invocations =
        [
            .. recording.Invocations.Select(invocation => new RecordedInvocation(invocation)
            {
                Environment = environment,
                Start = invocation.Start + by,
                Responded = invocation.Responded + by,
                End = invocation.End + by,
                BackgroundWork = Shift(invocation.BackgroundWork, by),
                ResumedWork = Shift(invocation.ResumedWork, by),
            }),
        ],
    };

    private static RecordedWork? Shift(RecordedWork? work, TimeSpan by) =>
        work is null ? null : new RecordedWork(work) { Start = work.Start + by, End = work.End + by };
}
