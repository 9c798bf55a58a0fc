namespace WarmContext.Npgsql.Pooling;

/// <summary>Has the thread pool keep one thread more while one of its threads may be blocked by a probe that was given up on.</summary>
/// <remarks>
/// When a command times out, Npgsql asks the server, over a second connection, to cancel it, and blocks the pool's thread meanwhile: for <c>Timeout</c>
/// (15 s) where the host is gone, as after a failover. The pool begins with a thread per processor and adds one or two a second, so 32 half-open
/// connections at once held up every invocation for six seconds and more.
/// </remarks>
internal static class SpareThread
{
    private static readonly object s_gate = new();

    /// <returns>Whether there was one to be had; to be handed to <see cref="Remove"/>.</returns>
    public static bool Add() => Change(1);

    public static void Remove(bool added)
    {
        if (added)
        {
            Change(-1);
        }
    }

    // Relative, so that what anybody else sets meanwhile stands.
    private static bool Change(int by)
    {
        lock (s_gate)
        {
            ThreadPool.GetMinThreads(out var workers, out var completionPorts);
            return ThreadPool.SetMinThreads(workers + by, completionPorts);
        }
    }
}
