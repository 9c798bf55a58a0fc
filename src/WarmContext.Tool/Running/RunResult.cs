using WarmContext.Testing;

namespace WarmContext.Tool.Running;

/// <summary>What came of a run.</summary>
/// <param name="Invocations">The invocations, by their numbers.</param>
/// <param name="Recording">What was recorded in all environments together.</param>
/// <param name="WasInterrupted">True when it was ended before its end.</param>
internal sealed record RunResult(IReadOnlyList<InvocationResult> Invocations, Recording Recording, bool WasInterrupted)
{
    public int Failed => Invocations.Count(static invocation => !invocation.Outcome.IsSuccess);

    public int ColdStarts => Invocations.Count(static invocation => invocation.Outcome.IsColdStart);

    /// <summary>The duration that so many of a hundred invocations don't exceed; null when there was none.</summary>
    public TimeSpan? Percentile(double percent)
    {
        var sorted = Invocations.Select(static invocation => invocation.Outcome.Duration).Order().ToList();
        return sorted.Count == 0 ? null : sorted[Math.Clamp((int)Math.Ceiling(percent / 100 * sorted.Count) - 1, 0, sorted.Count - 1)];
    }
}
