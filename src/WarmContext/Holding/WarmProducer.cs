using WarmContext.Diagnostics;

namespace WarmContext.Holding;

/// <summary>Calls a holder's factory and health check, within their time limits.</summary>
internal sealed class WarmProducer<T>(Func<T>? factory, Func<CancellationToken, Task<T>>? asyncFactory, WarmOptions<T> options, string name)
    where T : class
{
    private TimeProvider Time => options.Environment.Clock.TimeProvider;

    /// <summary>True when the value can be made without waiting for anything asynchronous.</summary>
    public bool IsSynchronous => factory is not null && options.HealthCheck is null;

    /// <summary>True when the factory is synchronous; a check may not be.</summary>
    public readonly bool CreatesSynchronously = factory is not null;

    public WarmEntry<T> Create() => Entry(factory!());

    public async ValueTask<WarmEntry<T>> CreateAsync(CancellationToken disposal) =>
        factory is not null ? Create() : Entry(await CreateInTimeAsync(disposal).ConfigureAwait(false));

    private WarmEntry<T> Entry(T? value)
    {
        if (value is null)
        {
            throw new InvalidOperationException($"The factory of {name} returned null; it must return a value or throw.");
        }

        return new WarmEntry<T>(value, name, options, options.Environment.Clock.Read());
    }

    public async ValueTask<bool> IsHealthyAsync(WarmEntry<T> entry)
    {
        // Not disposed: a check that ignores its limit may use the token later.
        var cancellation = new CancellationTokenSource(options.HealthCheckTimeout, Time);
        try
        {
            var checking = options.HealthCheck!(entry.Value, cancellation.Token);
            Observe(checking);
            var healthy = await checking.WaitAsync(options.HealthCheckTimeout, Time).ConfigureAwait(false);
            cancellation.Dispose();
            return healthy;
        }
        catch (Exception exception)
        {
            WarmContextLog.HealthCheckFailed(Invocation.CurrentOrDefault?.RequestId, name, exception);
            return false;
        }
    }

    private static void Observe(Task task) => task.ContinueWith(
        static ended => _ = ended.Exception,
        CancellationToken.None,
        TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);

    private async ValueTask<T> CreateInTimeAsync(CancellationToken disposal)
    {
        var cancellation = CancellationTokenSource.CreateLinkedTokenSource(disposal);
        Task<T>? creating = null;
        try
        {
            creating = asyncFactory!(cancellation.Token)
                ?? throw new InvalidOperationException($"The factory of {name} returned null instead of a Task.");
            return await creating.WaitAsync(options.CreationTimeout, Time, CancellationToken.None).ConfigureAwait(false);
        }
        catch (TimeoutException) when (creating is { IsCompleted: false })
        {
            _ = DiscardLateAsync(creating, cancellation);
            throw new TimeoutException(
                $"The factory of {name} did not finish within {nameof(WarmOptions<>)}.{nameof(WarmOptions<>.CreationTimeout)} " +
                $"({options.CreationTimeout}). It was cancelled, and the next use tries again.");
        }
        finally
        {
            // One that runs on after its time still holds the token.
            if (creating is null or { IsCompleted: true })
            {
                cancellation.Dispose();
            }
        }
    }

    /// <summary>What a factory makes after its time is nobody's: it is disposed.</summary>
    private async Task DiscardLateAsync(Task<T> creating, CancellationTokenSource cancellation)
    {
        try
        {
            await cancellation.CancelAsync().ConfigureAwait(false);
            if (await creating.ConfigureAwait(false) is { } value)
            {
                await WarmDisposal.DisposeAsync(value, name, options.DisposesValues).ConfigureAwait(false);
            }
        }
        catch (Exception)
        {
            // Its callers have had their TimeoutException; how it ended in the end changes nothing for anybody.
        }
    }
}
