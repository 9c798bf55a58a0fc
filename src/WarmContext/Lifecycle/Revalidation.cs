namespace WarmContext;

/// <summary>Revalidates all registered resources at once when an invocation begins after a long gap, so that their waits overlap.</summary>
internal static class Revalidation
{
    public static Task RunAsync(Invocation invocation, TimeSpan gap, TimeSpan budget)
    {
        var remaining = invocation.RemainingTime;
        return RunAsync(invocation.Environment, invocation.RequestId, gap, remaining < budget ? remaining : budget);
    }

    public static async Task RunAsync(ExecutionEnvironment environment, string? requestId, TimeSpan gap, TimeSpan budget)
    {
        var resources = environment.Lifecycle.Resources.Snapshot();
        if (resources.Count == 0)
        {
            return;
        }

        using var activity = Activities.Start("warmcontext.revalidate");
        var time = environment.Clock.TimeProvider;
        var cancellation = new CancellationTokenSource(budget, time);
        var all = Task.WhenAll(resources.Select(resource => Task.Run(() => RevalidateAsync(requestId, resource, gap, cancellation.Token))));
        try
        {
            // A resource that ignores its token must not hold the handler up.
            await all.WaitAsync(budget, time).ConfigureAwait(false);
            cancellation.Dispose();
        }
        catch (TimeoutException)
        {
            WarmContextLog.RevalidationTimedOut(requestId, budget);
        }
    }

    private static async Task RevalidateAsync(string? requestId, IWarmResource resource, TimeSpan gap, CancellationToken cancellationToken)
    {
        try
        {
            await resource.RevalidateAsync(gap, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            WarmContextLog.RevalidationFailed(requestId, resource.Name, exception);
        }
    }
}
