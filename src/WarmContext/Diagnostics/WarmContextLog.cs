using System.Globalization;

namespace WarmContext;

/// <summary>Every log event of the core, with its number. Numbers are never reused.</summary>
internal static class WarmContextLog
{
    public static void BackgroundTaskFailed(string requestId, BackgroundTaskResult task) => Write(
        WarmContextLogLevel.Error, 1, nameof(BackgroundTaskFailed), $"Background task '{task.Name}' failed after {Milliseconds(task.Duration)} ms.", requestId, task.Exception);

    public static void BackgroundTaskCancelled(string requestId, BackgroundTaskResult task) => Write(
        WarmContextLogLevel.Warning, 2, nameof(BackgroundTaskCancelled), $"Background task '{task.Name}' was cancelled after {Milliseconds(task.Duration)} ms.", requestId, null);

    public static void BackgroundTaskAbandoned(string requestId, BackgroundTaskResult task) => Write(
        WarmContextLogLevel.Error, 3, nameof(BackgroundTaskAbandoned),
        $"Background task '{task.Name}' had not ended {Milliseconds(task.Duration)} ms after it was tracked, when its invocation had to end. It may be frozen and resume in a later invocation.", requestId, null);

    public static void AbandonedTaskFailed(BackgroundTask task, Exception exception) => Write(
        WarmContextLogLevel.Error, 4, nameof(AbandonedTaskFailed), $"Background task '{task.Name}', abandoned by its invocation, failed later.", task.RequestId, exception);

    public static void TaskOutlivedInvocation(BackgroundTask task, string requestId) => Write(
        WarmContextLogLevel.Warning, 5, nameof(TaskOutlivedInvocation), $"Background task '{task.Name}' of invocation {task.RequestId} still runs in this later invocation.", requestId, null);

    public static void CancellationCallbackFailed(string requestId, Exception exception) => Write(
        WarmContextLogLevel.Warning, 6, nameof(CancellationCallbackFailed), "A callback registered on the background token threw.", requestId, exception);

    public static void ReportCallbackFailed(string requestId, Exception exception) => Write(
        WarmContextLogLevel.Warning, 7, nameof(ReportCallbackFailed), $"{nameof(InvocationOptions)}.{nameof(InvocationOptions.OnBackgroundReport)} threw.", requestId, exception);

    public static void RevalidationFailed(string? requestId, string resource, Exception exception) => Write(
        WarmContextLogLevel.Warning, 8, nameof(RevalidationFailed), $"Revalidating '{resource}' after a gap failed; it is checked again at its next use.", requestId, exception);

    public static void RevalidationTimedOut(string? requestId, TimeSpan budget) => Write(
        WarmContextLogLevel.Warning, 9, nameof(RevalidationTimedOut), $"Revalidation after a gap was not done within {Milliseconds(budget)} ms; the handler runs beside it.", requestId, null);

    public static void DisposalFailed(string resource, Exception exception) => Write(
        WarmContextLogLevel.Warning, 10, nameof(DisposalFailed), $"Disposing a replaced value of {resource} failed.", Invocation.CurrentOrDefault?.RequestId, exception);

    public static void HealthCheckFailed(string resource, Exception exception) => Write(
        WarmContextLogLevel.Warning, 11, nameof(HealthCheckFailed), $"The health check of {resource} threw; the value is replaced.", Invocation.CurrentOrDefault?.RequestId, exception);

    public static void EnvironmentVariable(string warning) => Write(
        WarmContextLogLevel.Warning, 12, nameof(EnvironmentVariable), warning, null, null);

    public static void NoFreezeGuard() => Write(
        WarmContextLogLevel.Warning, 13, nameof(NoFreezeGuard),
        $"{nameof(BackgroundCompletion)}.{nameof(BackgroundCompletion.AfterResponse)} is set, and nothing here can hold the freeze back: background work is finished before the return instead. Run the handler through WarmHandler.", null, null);

    public static void FreezeGuardFailed(string requestId, Exception exception) => Write(
        WarmContextLogLevel.Warning, 14, nameof(FreezeGuardFailed), "The freeze guard threw; background work is finished before the return.", requestId, exception);

    public static void InvocationDisposalFailed(string requestId, string type, Exception exception) => Write(
        WarmContextLogLevel.Warning, 15, nameof(InvocationDisposalFailed), $"Disposing a {type} at the end of the invocation failed.", requestId, exception);

    public static void EmbeddedMetricsFailed(string? requestId, Exception exception) => Write(
        WarmContextLogLevel.Warning, 16, nameof(EmbeddedMetricsFailed), "Metrics could not be written; they are dropped.", requestId, exception);

    public static void HandlerOutlivedInvocation(string requestId, Exception? exception) => Write(
        WarmContextLogLevel.Warning, 17, nameof(HandlerOutlivedInvocation), "The handler of an invocation that was given up at its deadline has ended now.", requestId, exception);

    public static void WarmUpItemFailed(string item, TimeSpan duration, Exception exception) => Write(
        WarmContextLogLevel.Warning, 18, nameof(WarmUpItemFailed), $"Warm-up item '{item}' failed after {Milliseconds(duration)} ms.", Invocation.CurrentOrDefault?.RequestId, exception);

    public static void WarmUpUnfinished(TimeSpan waited, string items) => Write(
        WarmContextLogLevel.Warning, 19, nameof(WarmUpUnfinished), $"Warm-up was not done after {Milliseconds(waited)} ms and carries on in the first invocation: {items}.", null, null);

    public static void ReleaseFailed(string resource, Exception exception) => Write(
        WarmContextLogLevel.Warning, 20, nameof(ReleaseFailed), $"Releasing '{resource}' before a snapshot or at shutdown failed; its connections may be left open.", null, exception);

    public static void ReleaseTimedOut(TimeSpan budget) => Write(
        WarmContextLogLevel.Warning, 21, nameof(ReleaseTimedOut), $"The registered resources were not all released within {Milliseconds(budget)} ms; connections may be left open.", null, null);

    public static void WarmUpTooLate(string? requestId) => Write(
        WarmContextLogLevel.Warning, 22, nameof(WarmUpTooLate),
        "A warm-up was started in an invocation, whose caller waits for it, and not in Init. A static field of a class without a static constructor is initialized at its first use: run the warm-up in the handler class's constructor or static constructor, or in Main.", requestId, null);

    public static void TelemetryFailed(string? requestId, Exception exception) => Write(
        WarmContextLogLevel.Warning, 23, nameof(TelemetryFailed), "A listener of WarmContext's metrics or spans threw; the invocation goes on without them.", requestId, exception);

    public static void ShutdownDuringInvocations() => Write(
        WarmContextLogLevel.Warning, 24, nameof(ShutdownDuringInvocations), "The environment is shut down while invocations or their background work still run: there is no time left to wait for them.", null, null);

    private static void Write(WarmContextLogLevel level, int id, string name, string message, string? requestId, Exception? exception) =>
        WarmContextDiagnostics.Write(new WarmContextLogEntry(level, id, name, message, requestId, exception));

    private static string Milliseconds(TimeSpan time) => time.TotalMilliseconds.ToString("0.#", CultureInfo.InvariantCulture);
}
