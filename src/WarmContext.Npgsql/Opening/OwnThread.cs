namespace WarmContext.Npgsql.Opening;

/// <summary>
/// Runs calls that block on threads of their own. Whoever waits for one blocks too, and in a pool whose threads all do that, nothing would
/// ever end what they wait for.
/// </summary>
internal static class OwnThread
{
    public static Task<T> Run<T>(Func<T> call) =>
        Task.Factory.StartNew(call, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Waits, and needs no thread but the caller's for that.</summary>
    /// <returns>True when the call has ended, well or not.</returns>
    public static bool Wait(Task call, TimeSpan limit)
    {
        try
        {
            return call.Wait(limit);
        }
        catch (AggregateException)
        {
            return true;
        }
    }
}
