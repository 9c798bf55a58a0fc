namespace WarmContext;

/// <summary>Has all registered resources give up their connections at once, before a snapshot and at shutdown.</summary>
internal static class ResourceRelease
{
    public static async Task RunAsync(ExecutionEnvironment environment, TimeSpan budget)
    {
        var resources = environment.Lifecycle.Resources.Snapshot();
        if (resources.Count == 0)
        {
            return;
        }

        var time = environment.Clock.TimeProvider;
        var cancellation = new CancellationTokenSource(budget, time);
        var all = Task.WhenAll(resources.Select(resource => Task.Run(() => ReleaseAsync(resource, cancellation.Token))));
        try
        {
            // A resource that ignores its token must hold up neither the snapshot nor the end.
            await all.WaitAsync(budget, time).ConfigureAwait(false);
            cancellation.Dispose();
        }
        catch (TimeoutException)
        {
            WarmContextLog.ReleaseTimedOut(budget);
        }
    }

    private static async Task ReleaseAsync(IWarmResource resource, CancellationToken cancellationToken)
    {
        try
        {
            await resource.ReleaseAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            WarmContextLog.ReleaseFailed(resource.Name, exception);
        }
    }
}
