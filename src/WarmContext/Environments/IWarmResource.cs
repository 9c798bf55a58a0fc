namespace WarmContext;

/// <summary>Something that an execution environment keeps from one invocation to the next and that can go stale in between.</summary>
public interface IWarmResource
{
    /// <summary>The resource's name in logs and reports.</summary>
    string Name { get; }

    /// <summary>
    /// Checks and renews what may have gone stale. Called when an invocation begins after a long gap, before the handler runs. All
    /// registered resources are called at once, so that their waits overlap. What it throws is logged and never reaches the handler.
    /// </summary>
    /// <param name="gap">How long no invocation ran; before the first one, how long ago the warm-up was.</param>
    /// <param name="cancellationToken">Cancelled when the time set aside for revalidation is over.</param>
    ValueTask RevalidateAsync(TimeSpan gap, CancellationToken cancellationToken);

    /// <summary>
    /// Gives up what must not be in a snapshot or be left to the other end, such as network connections. Called before a SnapStart
    /// snapshot is taken and when the environment shuts down, for all registered resources at once. After a restore the resource serves
    /// on, and is revalidated first. What it throws is logged. By default it does nothing.
    /// </summary>
    /// <param name="cancellationToken">Cancelled when the time set aside for it is over.</param>
    ValueTask ReleaseAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;
}
