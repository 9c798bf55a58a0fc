using WarmContext.Shared;

namespace WarmContext;

/// <summary>Options of an <see cref="InvocationRunner"/>: how invocations are opened, drained and reported.</summary>
public sealed class InvocationOptions
{
    /// <summary>The environment that the invocations run in.</summary>
    /// <value>Default: <see cref="ExecutionEnvironment.Current"/>.</value>
    public ExecutionEnvironment Environment { get; set; } = ExecutionEnvironment.Current;

    /// <summary>
    /// How long before the deadline background work must have ended. At that moment the work that still runs is cancelled. Half the margin
    /// later, work that has not ended is abandoned and named in the log.
    /// </summary>
    /// <value>Default: 500 ms. Allowed: 0 to 15 minutes.</value>
    public TimeSpan DeadlineMargin { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// The length of a gap without invocations after which registered resources are revalidated before the handler is called. For the first
    /// invocation, which may come long after Init (as with provisioned concurrency), the gap begins at the warm-up or the environment's
    /// start.
    /// </summary>
    /// <value>Default: 30 s. Allowed: more than 0; <see cref="Timeout.InfiniteTimeSpan"/> switches it off.</value>
    public TimeSpan RevalidateAfterGap { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The maximum time that the handler waits for revalidation, and never more than the invocation has left. What is not done by then
    /// carries on beside the handler.
    /// </summary>
    /// <value>Default: 2 s. Allowed: 0 to 15 minutes.</value>
    public TimeSpan RevalidationBudget { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The moment until which background work is waited for. <see cref="BackgroundCompletion.AfterResponse"/> can't be combined with
    /// <see cref="BackgroundFailurePolicy.FailInvocation"/>: an answer that has been given can't fail any more.
    /// </summary>
    /// <value>Default: <see cref="BackgroundCompletion.BeforeReturn"/>.</value>
    public BackgroundCompletion BackgroundCompletion { get; set; } = BackgroundCompletion.BeforeReturn;

    /// <summary>
    /// Keeps the environment awake under <see cref="BackgroundCompletion.AfterResponse"/>. Without one the work is finished before the
    /// return.
    /// </summary>
    /// <value>Default: null; <c>WarmHandler</c> then chooses one.</value>
    public IFreezeGuard? FreezeGuard { get; set; }

    /// <summary>The effect on the invocation of a background task that failed, was cancelled or was abandoned.</summary>
    /// <value>Default: <see cref="BackgroundFailurePolicy.Log"/>.</value>
    public BackgroundFailurePolicy BackgroundFailures { get; set; } = BackgroundFailurePolicy.Log;

    /// <summary>
    /// Receives the report of every invocation that tracked background work. An exception from it is logged and goes no further.
    /// </summary>
    /// <value>Default: null. Tasks that didn't complete are logged either way.</value>
    public Action<BackgroundReport>? OnBackgroundReport { get; set; }

    /// <summary>
    /// Runs as the last thing of every invocation: its background work has ended, its span and its figures are recorded, and the
    /// environment isn't frozen yet. For exporters that would be frozen with what they still hold, such as OpenTelemetry's
    /// <c>ForceFlush</c>. Under <see cref="BackgroundCompletion.BeforeReturn"/> the caller waits for it; under
    /// <see cref="BackgroundCompletion.AfterResponse"/> the answer is given first. It may take what the invocation has left. Not for
    /// priming runs. An exception from it is logged and goes no further.
    /// </summary>
    /// <value>Default: null.</value>
    public Func<InvocationInfo, Task>? OnEnded { get; set; }

    internal InvocationOptions Validated()
    {
        const string type = nameof(InvocationOptions);
        Guard.NotNull(Environment, type, nameof(Environment), "leave its default or set an environment");
        Guard.Between(DeadlineMargin, TimeSpan.Zero, TimeSpan.FromMinutes(15), type, nameof(DeadlineMargin));
        Guard.Between(RevalidationBudget, TimeSpan.Zero, TimeSpan.FromMinutes(15), type, nameof(RevalidationBudget));
        Guard.PositiveOrInfinite(RevalidateAfterGap, type, nameof(RevalidateAfterGap));

        // Looked up by name only when they are wrong: in Init the two lookups cost 1.1 ms of compilation, these patterns 0.07 ms (JIT,
        // measured 2026-11-30).
        if (BackgroundFailures is not (BackgroundFailurePolicy.Log or BackgroundFailurePolicy.FailInvocation))
        {
            Guard.Defined(BackgroundFailures, type, nameof(BackgroundFailures));
        }

        if (BackgroundCompletion is not (BackgroundCompletion.BeforeReturn or BackgroundCompletion.AfterResponse))
        {
            Guard.Defined(BackgroundCompletion, type, nameof(BackgroundCompletion));
        }

        if (BackgroundCompletion == BackgroundCompletion.AfterResponse && BackgroundFailures == BackgroundFailurePolicy.FailInvocation)
        {
            throw new ArgumentException(
                $"{type}.{nameof(BackgroundFailures)} is {nameof(BackgroundFailurePolicy.FailInvocation)} and " +
                $"{nameof(BackgroundCompletion)} is {nameof(BackgroundCompletion.AfterResponse)}: an answer that has been given can't " +
                $"fail any more. Use {nameof(BackgroundFailurePolicy.Log)}, or {nameof(BackgroundCompletion.BeforeReturn)}.");
        }

        // A copy, so that a change of the caller's object afterwards changes no running invocation.
        return (InvocationOptions)MemberwiseClone();
    }
}
