namespace WarmContext.Lambda.AfterResponse;

/// <summary>The guard of Managed Instances, whose environments are never frozen: there is nothing to hold back.</summary>
internal sealed class NeverFrozen : IFreezeGuard
{
    public static NeverFrozen Instance { get; } = new();

    public void Begun(Invocation invocation)
    {
    }

    public ValueTask<bool> TryHoldAsync(Invocation invocation, Task work) => ValueTask.FromResult(true);

    public void Ended(Invocation invocation)
    {
    }
}
