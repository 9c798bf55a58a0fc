namespace WarmContext.Npgsql.Pooling;

/// <summary>Has the thread pool keep one more thread while one of its threads may be blocked by a probe that timed out.</summary>
/// <remarks>
/// When a command times out, Npgsql asks the server over a second connection to cancel it, and blocks the pool's thread meanwhile: for
/// <c>Timeout</c> (15 s) where the host is gone, as after a failover. The pool begins with a thread per processor and adds one or two a
/// second, so 32 half-open connections at once delayed every invocation by six seconds and more.
/// </remarks>
internal static class SpareThread
{
    private static readonly object s_gate = new();

    /// <returns>True if the pool accepted one more, which is for <see cref="Remove"/> to know.</returns>
    public static bool Add() => Change(1);

    public static void Remove(bool added)
    {
        if (added)
        {
            Change(-1);
        }
    }

    // Relative, so that what others set meanwhile stands.
    private static bool Change(int by)
    {
        lock (s_gate)
        {
            ThreadPool.GetMinThreads(out var workers, out var completionPorts);
            return ThreadPool.SetMinThreads(workers + by, completionPorts);
        }
    }
}
