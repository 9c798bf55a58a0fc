using WarmContext.Shared;

namespace WarmContext;

/// <summary>How invocations are opened, drained and reported.</summary>
public sealed class InvocationOptions
{
    /// <summary>The environment the invocations run in. <value>Default: <see cref="ExecutionEnvironment.Current"/>.</value></summary>
    public ExecutionEnvironment Environment { get; set; } = ExecutionEnvironment.Current;

    /// <summary>
    /// How long before the deadline background work must have ended. At this moment what still runs is cancelled; half the margin later what
    /// has not ended by then is abandoned and named. <value>Default: 500 ms. Allowed: 0 to 15 minutes.</value>
    /// </summary>
    public TimeSpan DeadlineMargin { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// How long no invocation must have run for registered resources to be revalidated before the handler is called. For the first invocation,
    /// which may come long after Init (with provisioned concurrency, for one), since the warm-up or the environment's beginning.
    /// <value>Default: 30 s. Allowed: more than 0; <see cref="Timeout.InfiniteTimeSpan"/> switches it off.</value>
    /// </summary>
    public TimeSpan RevalidateAfterGap { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The most time that revalidation may take before the handler is called all the same; what is not done by then carries on beside it.
    /// Never more than the invocation has left. <value>Default: 2 s. Allowed: 0 to 15 minutes.</value>
    /// </summary>
    public TimeSpan RevalidationBudget { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// When background work is waited for. <see cref="BackgroundCompletion.AfterResponse"/> can't be combined with
    /// <see cref="BackgroundFailurePolicy.FailInvocation"/>: an answer that has been given can't fail any more.
    /// <value>Default: <see cref="BackgroundCompletion.BeforeReturn"/>.</value>
    /// </summary>
    public BackgroundCompletion BackgroundCompletion { get; set; } = BackgroundCompletion.BeforeReturn;

    /// <summary>
    /// What keeps the environment awake under <see cref="BackgroundCompletion.AfterResponse"/>; null has the work waited for before the return.
    /// <value>Default: null; <c>WarmHandler</c> chooses one.</value>
    /// </summary>
    public IFreezeGuard? FreezeGuard { get; set; }

    /// <summary>What a failed, cancelled or abandoned background task does to its invocation. <value>Default: <see cref="BackgroundFailurePolicy.Log"/>.</value></summary>
    public BackgroundFailurePolicy BackgroundFailures { get; set; } = BackgroundFailurePolicy.Log;

    /// <summary>
    /// Called with the report of every invocation that tracked background work. An exception from it is logged and goes no further.
    /// <value>Default: null; problems are logged either way.</value>
    /// </summary>
    public Action<BackgroundReport>? OnBackgroundReport { get; set; }

    internal InvocationOptions Validated()
    {
        Guard.NotNull(Environment, nameof(InvocationOptions), nameof(Environment), "leave its default or set an environment");

        Guard.Between(DeadlineMargin, TimeSpan.Zero, TimeSpan.FromMinutes(15), nameof(InvocationOptions), nameof(DeadlineMargin));
        Guard.Between(RevalidationBudget, TimeSpan.Zero, TimeSpan.FromMinutes(15), nameof(InvocationOptions), nameof(RevalidationBudget));
        Guard.PositiveOrInfinite(RevalidateAfterGap, nameof(InvocationOptions), nameof(RevalidateAfterGap));

        // Looked up by name only when they are wrong: a generic instantiation costs Init its compilation.
        if (BackgroundFailures is not (BackgroundFailurePolicy.Log or BackgroundFailurePolicy.FailInvocation))
        {
            Guard.Defined(BackgroundFailures, nameof(InvocationOptions), nameof(BackgroundFailures));
        }

        if (BackgroundCompletion is not (BackgroundCompletion.BeforeReturn or BackgroundCompletion.AfterResponse))
        {
            Guard.Defined(BackgroundCompletion, nameof(InvocationOptions), nameof(BackgroundCompletion));
        }

        if (BackgroundCompletion == BackgroundCompletion.AfterResponse && BackgroundFailures == BackgroundFailurePolicy.FailInvocation)
        {
            throw new ArgumentException(
                $"{nameof(InvocationOptions)}.{nameof(BackgroundFailures)} is {nameof(BackgroundFailurePolicy.FailInvocation)} and {nameof(BackgroundCompletion)} is {nameof(BackgroundCompletion.AfterResponse)}: " +
                $"an answer that has been given can't fail any more. Use {nameof(BackgroundFailurePolicy.Log)}, or {nameof(BackgroundCompletion.BeforeReturn)}.");
        }

        // A copy, so that a change of the caller's object afterwards changes no running invocation.
        return (InvocationOptions)MemberwiseClone();
    }
}
