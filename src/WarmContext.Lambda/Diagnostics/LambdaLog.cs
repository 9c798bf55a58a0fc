namespace WarmContext.Lambda.Diagnostics;

/// <summary>Every log event of this package, with its number. Numbers are never reused.</summary>
internal static class LambdaLog
{
    /// <param name="requestId">The invocation.</param>
    /// <param name="hasHandler">False where _HANDLER isn't set: nothing then tells a class library from an executable.</param>
    public static void NoRuntimeGate(string requestId, bool hasHandler) => Write(
        300, nameof(NoRuntimeGate),
        "AfterResponse is set, and the function's runtime client has no RuntimeGate: background work is finished before the return "
            + "instead. "
            + (hasHandler ? string.Empty : "_HANDLER isn't set, so the function counts as an executable. If it is a class library, set "
                + "_HANDLER to Assembly::Type::Method, or choose AfterResponseMechanism.InternalExtension. If it is an executable: ")
            + "In Main, add .UseHttpClient(RuntimeGate.CreateHttpClient()) to the bootstrap builder, or choose "
            + "AfterResponseMechanism.InternalExtension.",
        requestId, null);

    public static void ExtensionUnavailable(string requestId, string advice, Exception? exception) => Write(
        301, nameof(ExtensionUnavailable),
        "AfterResponse is set, and the internal extension isn't registered: background work is finished before the return instead. "
            + advice,
        requestId, exception);

    public static void ExtensionPollFailed(Exception exception) => Write(
        302, nameof(ExtensionPollFailed),
        "The internal extension's request for its next event failed; it is repeated when no invocation is running.", null, exception);

    public static void SnapshotHookTooLate(string name) => Write(
        303, nameof(SnapshotHookTooLate),
        $"Snapshot hook '{name}' is registered too late and will not run: the snapshot was taken before. Register it during Init, in the "
            + "handler class's constructor or static constructor.",
        null, null);

    public static void ShutdownWorkFailed(string name, Exception exception) => Write(
        304, nameof(ShutdownWorkFailed), $"Shutdown work '{name}' failed.", null, exception);

    public static void ShutdownUnfinished(string name, TimeSpan budget) => Write(
        305, nameof(ShutdownUnfinished), $"Shutdown was not done within {budget.TotalMilliseconds:0} ms: {name}.", null, null);

    public static void ThreadPoolStalled(string requestId, long waiting, int minThreads, int advised) => Write(
        306, nameof(ThreadPoolStalled),
        $"{waiting} pieces of work wait for a thread of the pool, whose minimum is {minThreads}: Lambda's runtime blocks one for each "
            + $"invocation of a class library, and the pool adds one or two a second. Set AWS_LAMBDA_DOTNET_MIN_THREADS={advised}.",
        requestId, null);

    private static void Write(int id, string name, string message, string? requestId, Exception? exception) =>
        WarmContextDiagnostics.Write(new WarmContextLogEntry(WarmContextLogLevel.Warning, id, name, message, requestId, exception));
}
