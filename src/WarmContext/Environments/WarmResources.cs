using WarmContext.Diagnostics;
using WarmContext.Shared.Diagnostics;

namespace WarmContext.Environments;

/// <summary>
/// The resources of an environment, held weakly: dead ones are dropped as the list grows, so short-lived holders leak nothing. They are
/// revalidated and released all at once, so that their waits overlap.
/// </summary>
internal sealed class WarmResources(TimeProvider time)
{
    private const int MinSweep = 32;

    private readonly object _gate = new();
    private readonly List<WeakReference<IWarmResource>> _resources = [];
    private int _sweepAt = MinSweep;

    public void Add(IWarmResource resource)
    {
        lock (_gate)
        {
            if (_resources.Count >= _sweepAt)
            {
                _resources.RemoveAll(static reference => !reference.TryGetTarget(out _));
                _sweepAt = Math.Max(MinSweep, _resources.Count * 2);
            }

            _resources.Add(new WeakReference<IWarmResource>(resource));
        }
    }

    /// <summary>Revalidates every resource. Never throws: failures are logged.</summary>
    /// <param name="requestId">The invocation that begins; null outside any.</param>
    /// <param name="gap">How long no invocation ran.</param>
    /// <param name="budget">The longest to wait; what is not done by then carries on.</param>
    public async Task RevalidateAsync(string? requestId, TimeSpan gap, TimeSpan budget)
    {
        var resources = Alive();
        if (resources.Count == 0)
        {
            return;
        }

        using var span = GuardedSpan.Start("warmcontext.revalidate");
        if (!await RunAllAsync(resources, budget, RevalidateAsync).ConfigureAwait(false))
        {
            WarmContextLog.RevalidationTimedOut(requestId, budget);
        }

        async Task RevalidateAsync(IWarmResource resource, CancellationToken cancellationToken)
        {
            try
            {
                await resource.RevalidateAsync(gap, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                WarmContextLog.RevalidationFailed(requestId, NameOf(resource), exception);
            }
        }
    }

    /// <summary>Has every resource give up its connections, before a snapshot and at shutdown. Never throws: failures are logged.</summary>
    /// <param name="budget">The longest to wait.</param>
    public async Task ReleaseAsync(TimeSpan budget)
    {
        var resources = Alive();
        if (resources.Count > 0 && !await RunAllAsync(resources, budget, ReleaseAsync).ConfigureAwait(false))
        {
            WarmContextLog.ReleaseTimedOut(budget);
        }

        static async Task ReleaseAsync(IWarmResource resource, CancellationToken cancellationToken)
        {
            try
            {
                await resource.ReleaseAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                WarmContextLog.ReleaseFailed(NameOf(resource), exception);
            }
        }
    }

    // Code of others like the rest of it.
    private static string NameOf(IWarmResource resource)
    {
        try
        {
            return resource.Name;
        }
        catch (Exception)
        {
            return resource.GetType().Name;
        }
    }

    private List<IWarmResource> Alive()
    {
        lock (_gate)
        {
            var alive = new List<IWarmResource>(_resources.Count);
            foreach (var reference in _resources)
            {
                if (reference.TryGetTarget(out var resource))
                {
                    alive.Add(resource);
                }
            }

            return alive;
        }
    }

    /// <returns>False when the time was over first. A resource that ignores its token holds nobody up.</returns>
    private async Task<bool> RunAllAsync(List<IWarmResource> resources, TimeSpan budget, Func<IWarmResource, CancellationToken, Task> work)
    {
        // Disposed only when all has ended: what runs on still holds the token.
        var cancellation = new CancellationTokenSource(budget, time);
        var all = Task.WhenAll(resources.Select(resource => Task.Run(() => work(resource, cancellation.Token))));
        try
        {
            await all.WaitAsync(budget, time).ConfigureAwait(false);
            cancellation.Dispose();
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
