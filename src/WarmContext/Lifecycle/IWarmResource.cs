namespace WarmContext;

/// <summary>Something that an execution environment keeps from one invocation to the next and that can go stale in between.</summary>
public interface IWarmResource
{
    /// <summary>What to call it in logs and reports.</summary>
    string Name { get; }

    /// <summary>
    /// Called when an invocation begins after a long gap, before the handler runs, for all registered resources at once so that their waits
    /// overlap. What it throws is logged and never reaches the handler.
    /// </summary>
    /// <param name="gap">How long no invocation ran.</param>
    /// <param name="cancellationToken">Cancelled when the time set aside for revalidation is over.</param>
    ValueTask RevalidateAsync(TimeSpan gap, CancellationToken cancellationToken);
}
