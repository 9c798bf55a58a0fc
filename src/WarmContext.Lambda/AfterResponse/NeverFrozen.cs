namespace WarmContext.Lambda.AfterResponse;

/// <summary>The freeze guard of Managed Instances, whose environments are never frozen.</summary>
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
