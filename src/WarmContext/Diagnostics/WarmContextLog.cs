using WarmContext.Shared;

namespace WarmContext.Diagnostics;

/// <summary>Every log event of the core, with its number. Numbers are never reused. It takes values alone, so that everything may use it.</summary>
internal static class WarmContextLog
{
    public static void BackgroundTaskFailed(string requestId, string task, TimeSpan duration, Exception? exception) => Write(
        WarmContextLogLevel.Error, 1, nameof(BackgroundTaskFailed), $"Background task '{task}' failed after {Amount.Milliseconds(duration)}.", requestId, exception);

    public static void BackgroundTaskCancelled(string requestId, string task, TimeSpan duration) => Write(
        WarmContextLogLevel.Warning, 2, nameof(BackgroundTaskCancelled), $"Background task '{task}' was cancelled after {Amount.Milliseconds(duration)}.", requestId, null);

    public static void BackgroundTaskAbandoned(string requestId, string task, TimeSpan duration) => Write(
        WarmContextLogLevel.Error, 3, nameof(BackgroundTaskAbandoned),
        $"Background task '{task}' had not ended {Amount.Milliseconds(duration)} after it was tracked, when its invocation had to end. It may be frozen and resume in a later invocation.", requestId, null);

    public static void AbandonedTaskFailed(string requestId, string task, Exception exception) => Write(
        WarmContextLogLevel.Error, 4, nameof(AbandonedTaskFailed), $"Background task '{task}', abandoned by its invocation, failed later.", requestId, exception);

    public static void TaskOutlivedInvocation(string requestId, string task, string earlierRequestId) => Write(
        WarmContextLogLevel.Warning, 5, nameof(TaskOutlivedInvocation), $"Background task '{task}' of invocation {earlierRequestId} still runs in this later invocation.", requestId, null);

    public static void CancellationCallbackFailed(string requestId, Exception exception) => Write(
        WarmContextLogLevel.Warning, 6, nameof(CancellationCallbackFailed), "A callback registered on the background token threw.", requestId, exception);

    public static void ReportCallbackFailed(string requestId, Exception exception) => Write(
        WarmContextLogLevel.Warning, 7, nameof(ReportCallbackFailed), "InvocationOptions.OnBackgroundReport threw.", requestId, exception);

    public static void RevalidationFailed(string? requestId, string resource, Exception exception) => Write(
        WarmContextLogLevel.Warning, 8, nameof(RevalidationFailed), $"Revalidating '{resource}' after a gap failed; it is checked again at its next use.", requestId, exception);

    public static void RevalidationTimedOut(string? requestId, TimeSpan budget) => Write(
        WarmContextLogLevel.Warning, 9, nameof(RevalidationTimedOut), $"Revalidation after a gap was not done within {Amount.Milliseconds(budget)}; the handler runs beside it.", requestId, null);

    public static void DisposalFailed(string? requestId, string resource, Exception exception) => Write(
        WarmContextLogLevel.Warning, 10, nameof(DisposalFailed), $"Disposing a replaced value of {resource} failed.", requestId, exception);

    public static void HealthCheckFailed(string? requestId, string resource, Exception exception) => Write(
        WarmContextLogLevel.Warning, 11, nameof(HealthCheckFailed), $"The health check of {resource} threw; the value is replaced.", requestId, exception);

    public static void EnvironmentVariable(string warning) => Write(
        WarmContextLogLevel.Warning, 12, nameof(EnvironmentVariable), warning, null, null);

    public static void NoFreezeGuard() => Write(
        WarmContextLogLevel.Warning, 13, nameof(NoFreezeGuard),
        "BackgroundCompletion.AfterResponse is set, and nothing here can hold the freeze back: background work is finished before the return instead. Run the handler through WarmHandler.", null, null);

    public static void FreezeGuardFailed(string requestId, Exception exception) => Write(
        WarmContextLogLevel.Warning, 14, nameof(FreezeGuardFailed), "The freeze guard threw; background work is finished before the return.", requestId, exception);

    public static void InvocationDisposalFailed(string requestId, string type, Exception exception) => Write(
        WarmContextLogLevel.Warning, 15, nameof(InvocationDisposalFailed), $"Disposing a {type} at the end of the invocation failed.", requestId, exception);

    public static void EmbeddedMetricsFailed(string? requestId, Exception exception) => Write(
        WarmContextLogLevel.Warning, 16, nameof(EmbeddedMetricsFailed), "Metrics could not be written; they are dropped.", requestId, exception);

    public static void HandlerOutlivedInvocation(string requestId, Exception? exception) => Write(
        WarmContextLogLevel.Warning, 17, nameof(HandlerOutlivedInvocation), "The handler of an invocation that was given up at its deadline has ended now.", requestId, exception);

    public static void WarmUpItemFailed(string? requestId, string item, TimeSpan duration, Exception exception) => Write(
        WarmContextLogLevel.Warning, 18, nameof(WarmUpItemFailed), $"Warm-up item '{item}' failed after {Amount.Milliseconds(duration)}.", requestId, exception);

    public static void WarmUpUnfinished(TimeSpan waited, string items) => Write(
        WarmContextLogLevel.Warning, 19, nameof(WarmUpUnfinished), $"Warm-up was not done after {Amount.Milliseconds(waited)} and carries on in the first invocation: {items}.", null, null);

    public static void ReleaseFailed(string resource, Exception exception) => Write(
        WarmContextLogLevel.Warning, 20, nameof(ReleaseFailed), $"Releasing '{resource}' before a snapshot or at shutdown failed; its connections may be left open.", null, exception);

    public static void ReleaseTimedOut(TimeSpan budget) => Write(
        WarmContextLogLevel.Warning, 21, nameof(ReleaseTimedOut), $"The registered resources were not all released within {Amount.Milliseconds(budget)}; connections may be left open.", null, null);

    public static void WarmUpTooLate(string? requestId) => Write(
        WarmContextLogLevel.Warning, 22, nameof(WarmUpTooLate),
        "A warm-up was started in an invocation, whose caller waits for it, and not in Init. A static field of a class without a static constructor is initialized at its first use: run the warm-up in the handler class's constructor or static constructor, or in Main.", requestId, null);

    public static void TelemetryFailed(string? requestId, Exception exception) => Write(
        WarmContextLogLevel.Warning, 23, nameof(TelemetryFailed), "A listener of WarmContext's metrics or spans threw; the invocation goes on without them.", requestId, exception);

    public static void ShutdownDuringInvocations() => Write(
        WarmContextLogLevel.Warning, 24, nameof(ShutdownDuringInvocations), "The environment is shut down while invocations or their background work still run: there is no time left to wait for them.", null, null);

    private static void Write(WarmContextLogLevel level, int id, string name, string message, string? requestId, Exception? exception) =>
        WarmContextDiagnostics.Write(new WarmContextLogEntry(level, id, name, message, requestId, exception));
}
