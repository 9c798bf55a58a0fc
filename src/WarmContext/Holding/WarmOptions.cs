using WarmContext.Shared;

namespace WarmContext;

/// <summary>When a <see cref="Warm{T}"/> checks, replaces and disposes its value. The defaults keep one value for the environment's life.</summary>
/// <typeparam name="T">What is held.</typeparam>
public sealed class WarmOptions<T>
    where T : class
{
    /// <summary>What to call the holder in logs and errors. <value>Default: null, which stands for the type's name.</value></summary>
    public string? Name { get; set; }

    /// <summary>
    /// How long a value may be used after its creation, by the larger of wall and monotonic clock, so time spent frozen counts.
    /// <value>Default: <see cref="Timeout.InfiniteTimeSpan"/>. Allowed: more than 0.</value>
    /// </summary>
    public TimeSpan Lifetime { get; set; } = Timeout.InfiniteTimeSpan;

    /// <summary>
    /// Tells whether a value still works; false, an exception or no answer in time has it replaced before anybody is given it.
    /// <value>Default: null, no check.</value>
    /// </summary>
    public Func<T, CancellationToken, Task<bool>>? HealthCheck { get; set; }

    /// <summary>
    /// How long a value must have been idle to be checked at its next use. <value>Default: 1 s. Allowed: 0 (at every use) or more;
    /// <see cref="Timeout.InfiniteTimeSpan"/> leaves it to the revalidation after a long gap.</value>
    /// </summary>
    public TimeSpan HealthCheckAfterIdle { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest a health check may take. <value>Default: 1 s. Allowed: more than 0, at most 15 minutes.</value></summary>
    public TimeSpan HealthCheckTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The longest an asynchronous factory may take before its callers get a <see cref="TimeoutException"/> and the next use tries again.
    /// A synchronous factory can't be interrupted. <value>Default: 1 minute. Allowed: more than 0, at most 1 day; <see cref="Timeout.InfiniteTimeSpan"/>.</value>
    /// </summary>
    public TimeSpan CreationTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Whether the holder disposes values that it replaces. Set it to false when the factory hands out something that others own.
    /// <value>Default: true.</value>
    /// </summary>
    public bool DisposesValues { get; set; } = true;

    /// <summary>The environment that the holder belongs to. <value>Default: <see cref="ExecutionEnvironment.Current"/>.</value></summary>
    public ExecutionEnvironment Environment { get; set; } = ExecutionEnvironment.Current;

    internal bool NeedsChecks => HealthCheck is not null || Lifetime != Timeout.InfiniteTimeSpan;

    internal WarmOptions<T> Validated()
    {
        const string type = $"{nameof(WarmOptions<>)}";
        Guard.NotNull(Environment, type, nameof(Environment), "leave its default or set an environment");

        Guard.PositiveOrInfinite(Lifetime, type, nameof(Lifetime));
        if (CreationTimeout != Timeout.InfiniteTimeSpan)
        {
            Guard.Between(CreationTimeout, TimeSpan.FromTicks(1), TimeSpan.FromDays(1), type, nameof(CreationTimeout));
        }

        Guard.Between(HealthCheckTimeout, TimeSpan.FromTicks(1), TimeSpan.FromMinutes(15), type, nameof(HealthCheckTimeout));
        if (HealthCheckAfterIdle != TimeSpan.Zero)
        {
            Guard.PositiveOrInfinite(HealthCheckAfterIdle, type, nameof(HealthCheckAfterIdle));
        }

        // A copy, so that a change of the caller's object afterwards changes nothing.
        return (WarmOptions<T>)MemberwiseClone();
    }
}
