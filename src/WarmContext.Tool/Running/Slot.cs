using WarmContext.Testing;

namespace WarmContext.Tool.Running;

/// <summary>
/// A place where one environment at a time runs: the first invocation starts it, and another takes its place after it was replaced.
/// </summary>
internal sealed class Slot(LocalFunctionOptions options, EnvironmentSet environments, IRunObserver observer) : IAsyncDisposable
{
    // Lambda's longest Shutdown phase is 2 s.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    private readonly SemaphoreSlim _starting = new(1);
    private StartedEnvironment? _current;

    public async Task<StartedEnvironment> GetAsync(CancellationToken cancellationToken)
    {
        await _starting.WaitAsync(cancellationToken);
        try
        {
            return _current ??= await environments.StartAsync(observer, cancellationToken);
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>Ends the environment as Lambda does; the next invocation starts another.</summary>
    public async Task EndAsync()
    {
        if (Interlocked.Exchange(ref _current, null) is not { } ended)
        {
            return;
        }

        // One that isn't frozen has ended, or is busy with an invocation that nobody waits for any more.
        if (ended.Lambda.IsFrozen
            || !options.FreezesBetweenInvocations
            || options.InitializationType == InitializationType.ManagedInstances)
        {
            await ShutDownAsync(ended.Lambda);
        }

        ended.WriteNewLines(observer);
        await ended.Lambda.DisposeAsync();
        observer.Ended(ended.Number);
    }

    /// <summary>Ends the environment, also one that is only just starting for somebody who gave up waiting.</summary>
    public async ValueTask DisposeAsync()
    {
        await _starting.WaitAsync();
        await EndAsync();
        _starting.Dispose();
    }

    private static async Task ShutDownAsync(LocalExecutionEnvironment lambda)
    {
        try
        {
            using var patience = new CancellationTokenSource(s_patience);
            await lambda.ShutdownAsync(patience.Token);
        }
        catch (Exception exception) when (exception is InvalidOperationException or OperationCanceledException)
        {
            // Its process had ended already, or, where it is never frozen, it is still busy.
        }
    }
}
