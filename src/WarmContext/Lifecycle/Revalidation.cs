namespace WarmContext;

/// <summary>Revalidates all registered resources at once when an invocation begins after a long gap, so that their waits overlap.</summary>
internal static class Revalidation
{
    public static async Task RunAsync(Invocation invocation, TimeSpan gap, TimeSpan budget)
    {
        var resources = invocation.Environment.Lifecycle.Resources.Snapshot();
        if (resources.Count == 0)
        {
            return;
        }

        var time = invocation.Environment.Clock.TimeProvider;
        var remaining = invocation.RemainingTime;
        if (remaining < budget)
        {
            budget = remaining;
        }

        var cancellation = new CancellationTokenSource(budget, time);
        var all = Task.WhenAll(resources.Select(resource => Task.Run(() => RevalidateAsync(invocation, resource, gap, cancellation.Token))));
        try
        {
            // A resource that ignores its token must not hold the handler up.
            await all.WaitAsync(budget, time).ConfigureAwait(false);
            cancellation.Dispose();
        }
        catch (TimeoutException)
        {
            WarmContextLog.RevalidationTimedOut(invocation.RequestId, budget);
        }
    }

    private static async Task RevalidateAsync(Invocation invocation, IWarmResource resource, TimeSpan gap, CancellationToken cancellationToken)
    {
        try
        {
            await resource.RevalidateAsync(gap, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            WarmContextLog.RevalidationFailed(invocation.RequestId, resource.Name, exception);
        }
    }
}
