namespace WarmContext.Diagnostics;

/// <summary>The numbers of the core's log events (1 to 99). A number is never reused. An event's name is its name here.</summary>
internal static class EventIds
{
    public const int BackgroundTaskFailed = 1;
    public const int BackgroundTaskCancelled = 2;
    public const int BackgroundTaskAbandoned = 3;
    public const int AbandonedTaskFailed = 4;
    public const int TaskOutlivedInvocation = 5;
    public const int CancellationCallbackFailed = 6;
    public const int ReportCallbackFailed = 7;
    public const int RevalidationFailed = 8;
    public const int RevalidationTimedOut = 9;
    public const int DisposalFailed = 10;
    public const int HealthCheckFailed = 11;
    public const int EnvironmentVariable = 12;
    public const int NoFreezeGuard = 13;
    public const int FreezeGuardFailed = 14;
    public const int InvocationDisposalFailed = 15;
    public const int EmbeddedMetricsFailed = 16;
    public const int HandlerOutlivedInvocation = 17;
    public const int WarmUpItemFailed = 18;
    public const int WarmUpUnfinished = 19;
    public const int ReleaseFailed = 20;
    public const int ReleaseTimedOut = 21;
    public const int WarmUpTooLate = 22;

    // 23 is TelemetryLog.TelemetryFailed, which several packages compile in.
    public const int ShutdownDuringInvocations = 24;
    public const int EndingUnfinished = 25;
    public const int EndCallbackFailed = 26;
}
