namespace WarmContext.Testing.Audits.Checks;

/// <summary>Which practice repairs what. The rules are those of docs/rules.</summary>
internal static class Practices
{
    public static Finding Finding(FindingKind kind, FindingSeverity severity, string message, IEnumerable<RecordedInvocation> invocations)
    {
        var seen = invocations.ToList();
        var (practice, remedy, rules) = For(kind);
        return new Finding
        {
            Kind = kind,
            Severity = severity,
            Message = message,
            Practice = practice,
            Remedy = remedy,
            Rules = rules,
            RequestIds = [.. seen.Select(static invocation => invocation.RequestId)],
            At = seen.Count > 0 ? seen[0].Start : TimeSpan.Zero,
        };
    }

    private static (string Practice, string Remedy, string[] Rules) For(FindingKind kind) => kind switch
    {
        FindingKind.ConnectionsReopened => (
            "Hold clients outside the handler and reuse their connections",
            "Create the client once: Warm<T> for SDK and HTTP clients, WarmNpgsqlDataSource or WarmConnection<T> for databases.",
            ["WARM0001", "WARM0002"]),
        FindingKind.DeadConnectionUsed => (
            "Reuse connections, checking that they exist",
            "Take connections from WarmNpgsqlDataSource or WarmConnection<T>, which check them after a freeze before you use them.",
            ["WARM0003", "WARM0004", "WARM0009"]),
        FindingKind.WorkAfterResponse => (
            "Finish background work",
            "Await the work before the handler returns, or give it to Invocation.Background, which holds the freeze back until it is done.",
            ["WARM0006", "WARM0007"]),
        FindingKind.RunningAtFreeze => (
            "Finish background work",
            "Await the work, or run it by Invocation.Background.Run, so that it ends before the freeze or is cancelled and named.",
            ["WARM0006", "WARM0007", "WARM0008"]),
        FindingKind.WorkResumed => (
            "Finish background work",
            "Start no timers or loops that outlive the invocation; run work by Invocation.Background.Run and refresh on use, not on a " +
            "timer.",
            ["WARM0006", "WARM0008"]),
        FindingKind.DownloadedAgain => (
            "Cache files in the ephemeral storage",
            "Keep it: S3FileCache for S3 objects, FileCache for other sources, Warm<T> for what is small and parsed.",
            []),
        FindingKind.TemporaryStorageGrows => (
            "Cache files in the ephemeral storage",
            "Delete what an invocation writes when it ends, or let FileCache keep it within a size.",
            ["WARM0013"]),
        FindingKind.MemoryGrows => (
            "Assume nothing about reuse",
            "Keep nothing of an invocation in static or instance fields; bound what is cached.",
            ["WARM0011"]),
        FindingKind.FirstInvocationSlow or FindingKind.InitShare => (
            "Initialize in Init",
            "Create clients and make their first call in Init with WarmUp; there is more CPU for it, and with provisioned concurrency " +
            "or SnapStart nobody waits for it.",
            ["WARM0010"]),
        FindingKind.PackageWeight => (
            "Keep the deployment package small",
            "Publish in Release with ReadyToRun for the function's architecture alone, trim what isn't used, and leave out symbols.",
            []),
        _ => (
            "Assume nothing about reuse",
            "End within the timeout and the memory; Invocation.RemainingTime says how long there is.",
            ["WARM0016"]),
    };
}
