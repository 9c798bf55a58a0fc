using WarmContext.Lambda.Diagnostics;

namespace WarmContext.Lambda.Handlers;

/// <summary>
/// Finds the stall of a first burst on Managed Instances: Lambda's runtime blocks a thread of the pool for each invocation of a class
/// library, and the pool adds one or two a second above its minimum.
/// </summary>
internal static class ThreadPoolBurst
{
    private static int s_isReported;

    /// <summary>Looks, as an invocation begins, how much waits for a thread. Reports it once a process.</summary>
    public static void Check(ExecutionEnvironment environment, string requestId)
    {
        if (s_isReported != 0 || environment.InitializationType != InitializationType.ManagedInstances
            || environment.Handler?.Contains("::", StringComparison.Ordinal) != true)
        {
            return;
        }

        ThreadPool.GetMinThreads(out var minThreads, out _);
        var waiting = ThreadPool.PendingWorkItemCount;
        if (waiting > minThreads && Interlocked.Exchange(ref s_isReported, 1) == 0)
        {
            LambdaLog.ThreadPoolStalled(requestId, waiting, minThreads, 2 * environment.MaxConcurrency);
        }
    }
}
