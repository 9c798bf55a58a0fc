namespace WarmContext;

/// <summary>The figures of warm-up items.</summary>
internal static class WarmUpMetrics
{
    public static void Record(WarmUpItemResult item) => Instruments.WarmUpDuration.Record(
        item.Duration.TotalSeconds,
        new KeyValuePair<string, object?>("item", item.Name),
        new KeyValuePair<string, object?>("outcome", item.Outcome switch { WarmUpOutcome.Completed => "completed", WarmUpOutcome.Failed => "failed", _ => "running" }));
}
