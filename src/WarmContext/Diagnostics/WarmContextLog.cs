using System.Runtime.CompilerServices;
using WarmContext.Shared;

namespace WarmContext.Diagnostics;

/// <summary>The log events of the core: one method an event, named after it. They take values alone, so that every layer may log.</summary>
internal static class WarmContextLog
{
    public static void BackgroundTaskFailed(string requestId, string task, TimeSpan duration, Exception? exception) => Error(
        EventIds.BackgroundTaskFailed, requestId, exception,
        $"Background task '{task}' failed after {Amount.Milliseconds(duration)}.");

    public static void BackgroundTaskCancelled(string requestId, string task, TimeSpan duration) => Warn(
        EventIds.BackgroundTaskCancelled, requestId, null,
        $"Background task '{task}' was cancelled after {Amount.Milliseconds(duration)}.");

    public static void BackgroundTaskAbandoned(string requestId, string task, TimeSpan duration) => Error(
        EventIds.BackgroundTaskAbandoned, requestId, null,
        $"Background task '{task}' had not ended {Amount.Milliseconds(duration)} after it was tracked, when its invocation had to end. " +
        "It may be frozen and resume in a later invocation.");

    public static void AbandonedTaskFailed(string requestId, string task, Exception exception) => Error(
        EventIds.AbandonedTaskFailed, requestId, exception,
        $"Background task '{task}', abandoned by its invocation, failed later.");

    public static void TaskOutlivedInvocation(string requestId, string task, string earlierRequestId, long invocations) => Warn(
        EventIds.TaskOutlivedInvocation, requestId, null,
        $"Background task '{task}' of invocation {earlierRequestId} still runs in this later invocation " +
        $"({Amount.Count(invocations, "invocation")} later).");

    public static void CancellationCallbackFailed(string requestId, Exception exception) => Warn(
        EventIds.CancellationCallbackFailed, requestId, exception,
        "A callback registered on the background token threw.");

    public static void ReportCallbackFailed(string requestId, Exception exception) => Warn(
        EventIds.ReportCallbackFailed, requestId, exception,
        "InvocationOptions.OnBackgroundReport threw.");

    public static void EndCallbackFailed(string requestId, Exception exception) => Warn(
        EventIds.EndCallbackFailed, requestId, exception,
        "InvocationOptions.OnEnded threw.");

    public static void RevalidationFailed(string? requestId, string resource, Exception exception) => Warn(
        EventIds.RevalidationFailed, requestId, exception,
        $"The revalidation of '{resource}' after a gap failed. It is checked again at its next use.");

    public static void RevalidationTimedOut(string? requestId, TimeSpan budget) => Warn(
        EventIds.RevalidationTimedOut, requestId, null,
        $"Revalidation after a gap was not done within {Amount.Milliseconds(budget)}. The handler runs beside it.");

    public static void DisposalFailed(string? requestId, string resource, Exception exception) => Warn(
        EventIds.DisposalFailed, requestId, exception,
        $"The disposal of a replaced value of {resource} failed.");

    public static void HealthCheckFailed(string? requestId, string resource, Exception exception) => Warn(
        EventIds.HealthCheckFailed, requestId, exception,
        $"The health check of {resource} threw. The value is replaced.");

    public static void EnvironmentVariable(string warning) => Warn(EventIds.EnvironmentVariable, null, null, warning);

    public static void NoFreezeGuard() => Warn(
        EventIds.NoFreezeGuard, null, null,
        "BackgroundCompletion.AfterResponse is set, and nothing here can hold the freeze back: background work is finished before the " +
        "return instead. Run the handler through WarmHandler.");

    public static void FreezeGuardFailed(string requestId, Exception exception) => Warn(
        EventIds.FreezeGuardFailed, requestId, exception,
        "The freeze guard threw. Background work is finished before the return.");

    public static void InvocationDisposalFailed(string requestId, string type, Exception exception) => Warn(
        EventIds.InvocationDisposalFailed, requestId, exception,
        $"The disposal of a {type} at the end of the invocation failed.");

    public static void EmbeddedMetricsFailed(string? requestId, Exception exception) => Warn(
        EventIds.EmbeddedMetricsFailed, requestId, exception,
        "Metrics could not be written. They are dropped.");

    public static void HandlerOutlivedInvocation(string requestId, Exception? exception) => Warn(
        EventIds.HandlerOutlivedInvocation, requestId, exception,
        "The handler of an invocation that was given up at its deadline has ended now.");

    public static void WarmUpItemFailed(string? requestId, string item, TimeSpan duration, Exception exception) => Warn(
        EventIds.WarmUpItemFailed, requestId, exception,
        $"Warm-up item '{item}' failed after {Amount.Milliseconds(duration)}.");

    public static void WarmUpUnfinished(TimeSpan waited, string items) => Warn(
        EventIds.WarmUpUnfinished, null, null,
        $"The warm-up was not done after {Amount.Milliseconds(waited)}. It carries on in the first invocation with: {items}.");

    public static void ReleaseFailed(string resource, Exception exception) => Warn(
        EventIds.ReleaseFailed, null, exception,
        $"The release of '{resource}' before a snapshot or at shutdown failed. Its connections may be left open.");

    public static void ReleaseTimedOut(TimeSpan budget) => Warn(
        EventIds.ReleaseTimedOut, null, null,
        $"The registered resources were not all released within {Amount.Milliseconds(budget)}. Connections may be left open.");

    public static void WarmUpTooLate(string? requestId) => Warn(
        EventIds.WarmUpTooLate, requestId, null,
        "A warm-up was started in an invocation, whose caller waits for it, and not in Init. A static field of a class without a static " +
        "constructor is initialized at its first use. Run the warm-up in the handler class's constructor or static constructor, or in " +
        "Main.");

    public static void ShutdownDuringInvocations() => Warn(
        EventIds.ShutdownDuringInvocations, null, null,
        "The environment is shut down while invocations or their background work still run: there is no time left to wait for them.");

    public static void EndingUnfinished(string requestId, string step) => Warn(
        EventIds.EndingUnfinished, requestId, null,
        $"The invocation had to end while it was busy with {step}. That carries on beside later invocations, and what comes after it " +
        "waits for it. Such code must not block.");

    private static void Error(int id, string? requestId, Exception? exception, string message, [CallerMemberName] string name = "") =>
        WarmContextDiagnostics.Write(new WarmContextLogEntry(WarmContextLogLevel.Error, id, name, message, requestId, exception));

    private static void Warn(int id, string? requestId, Exception? exception, string message, [CallerMemberName] string name = "") =>
        WarmContextDiagnostics.Write(new WarmContextLogEntry(WarmContextLogLevel.Warning, id, name, message, requestId, exception));
}
