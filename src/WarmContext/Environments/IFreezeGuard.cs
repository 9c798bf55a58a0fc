namespace WarmContext;

/// <summary>
/// Keeps an execution environment from being frozen while background work of an invocation goes on after its response. WarmContext.Lambda
/// has the implementations. Set one in <see cref="InvocationOptions.FreezeGuard"/>.
/// </summary>
/// <remarks>
/// Where several invocations run at once it is called from several threads at once. What it throws is logged and counts as a refusal.
/// </remarks>
public interface IFreezeGuard
{
    /// <summary>Called when an invocation begins, before its handler.</summary>
    /// <param name="invocation">The invocation.</param>
    void Begun(Invocation invocation);

    /// <summary>Called when a handler is done and its background work isn't.</summary>
    /// <param name="invocation">The invocation.</param>
    /// <param name="work">Ends when the invocation's background work has ended; never fails.</param>
    /// <returns>
    /// True when the environment is sure to stay awake until <paramref name="work"/> has ended. The response is then sent at once. After
    /// false, the invocation waits for the work first.
    /// </returns>
    ValueTask<bool> TryHoldAsync(Invocation invocation, Task work);

    /// <summary>Called once an invocation is over, background work included.</summary>
    /// <param name="invocation">The invocation.</param>
    void Ended(Invocation invocation);
}
