using WarmContext.Testing;

namespace WarmContext.Tool.Reporting;

/// <summary>A recording, and what all parts of the page ask of it.</summary>
internal sealed class ReportModel
{
    // Beyond that a browser gets slow; the page says what it leaves out.
    public const int MaxInvocations = 2000;

    private readonly Dictionary<string, int> _numbers;

    public ReportModel(Recording recording)
    {
        Recording = recording;
        Invocations = [.. recording.Invocations.OrderBy(static invocation => invocation.Start).Take(MaxInvocations)];
        _numbers = Invocations.Select(static (invocation, index) => (invocation.RequestId, Number: index + 1))
            .DistinctBy(static pair => pair.RequestId)
            .ToDictionary(static pair => pair.RequestId, static pair => pair.Number, StringComparer.Ordinal);

        // What is left out is left out of the time scale as well.
        // So is what comes after the last phase, when the environments have ended.
        Length = Invocations.Count < recording.Invocations.Count
            ? End(Invocations[^1])
            : recording.Phases.Select(End).Concat(Invocations.Select(End)).DefaultIfEmpty(recording.Duration).Max();
        Length = Length > TimeSpan.Zero ? Length : TimeSpan.FromMilliseconds(1);
        Phases = [.. recording.Phases.Where(phase => phase.Start < Length)];
        Latencies =
        [
            .. recording.Invocations.Where(static invocation => invocation.Responded is not null)
                .Select(static invocation => invocation.Responded!.Value - invocation.Start)
                .Order()
        ];
    }

    public Recording Recording { get; }

    /// <summary>The invocations that the page has, in the order they began; their numbers count from 1.</summary>
    public IReadOnlyList<RecordedInvocation> Invocations { get; }

    public IReadOnlyList<RecordedPhase> Phases { get; }

    /// <summary>How much time the page shows.</summary>
    public TimeSpan Length { get; }

    /// <summary>All latencies, the shortest first.</summary>
    public IReadOnlyList<TimeSpan> Latencies { get; }

    public IEnumerable<int> Environments =>
        Phases.Select(static phase => phase.Environment)
            .Concat(Invocations.Select(static invocation => invocation.Environment))
            .Distinct()
            .Order();

    /// <summary>True for a finding that has a place on the timeline; the deployment package has none.</summary>
    public bool IsMarked(Finding finding) => finding.Kind != FindingKind.PackageWeight && finding.At < Length;

    public int? NumberOf(string? requestId) => requestId is not null && _numbers.TryGetValue(requestId, out var number) ? number : null;

    public TimeSpan End(RecordedInvocation invocation) => invocation.End ?? invocation.Responded ?? Recording.Duration;

    public TimeSpan End(RecordedPhase phase) => phase.End ?? Recording.Duration;

    public TimeSpan? Percentile(double percent) =>
        Latencies.Count == 0 ? null : Latencies[Math.Clamp((int)Math.Ceiling(percent / 100 * Latencies.Count) - 1, 0, Latencies.Count - 1)];

    /// <summary>A moment as a percentage of the time shown.</summary>
    public string Percent(TimeSpan time) => Words.Invariant($"{Math.Clamp(time / Length, 0, 1) * 100:0.#####}%");
}
