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
    /// <param name="gap">How long no invocation ran; before the first one, how long ago the warm-up was.</param>
    /// <param name="cancellationToken">Cancelled when the time set aside for revalidation is over.</param>
    ValueTask RevalidateAsync(TimeSpan gap, CancellationToken cancellationToken);

    /// <summary>
    /// Called before a SnapStart snapshot is taken and when the environment shuts down, for all registered resources at once: gives up what must
    /// not be in a snapshot or be left to the other end, such as network connections. After a restore the resource serves on, and is revalidated
    /// first. What it throws is logged. <value>Default: does nothing.</value>
    /// </summary>
    /// <param name="cancellationToken">Cancelled when the time set aside for it is over.</param>
    ValueTask ReleaseAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;
}
