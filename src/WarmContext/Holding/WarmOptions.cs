using WarmContext.Shared;

namespace WarmContext;

/// <summary>Options of a <see cref="Warm{T}"/>. With the defaults one value is kept for the environment's life.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
public sealed class WarmOptions<T>
    where T : class
{
    /// <summary>The holder's name in logs and errors.</summary>
    /// <value>Default: null, which stands for the type's name.</value>
    public string? Name { get; set; }

    /// <summary>
    /// How long a value may be used after its creation. The larger of wall and monotonic clock counts, so time spent frozen is included.
    /// </summary>
    /// <value>Default: <see cref="Timeout.InfiniteTimeSpan"/>. Allowed: more than 0.</value>
    public TimeSpan Lifetime { get; set; } = Timeout.InfiniteTimeSpan;

    /// <summary>
    /// Tells whether a value still works. After false, an exception or no answer in time, the value is replaced before its next use.
    /// </summary>
    /// <value>Default: null, no check.</value>
    public Func<T, CancellationToken, Task<bool>>? HealthCheck { get; set; }

    /// <summary>How long a value must have been idle to be checked at its next use.</summary>
    /// <value>
    /// Default: 1 s. Allowed: 0 (at every use) or more; <see cref="Timeout.InfiniteTimeSpan"/> leaves the check to the revalidation after a
    /// long gap.
    /// </value>
    public TimeSpan HealthCheckAfterIdle { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The maximum time that a health check may take.</summary>
    /// <value>Default: 1 s. Allowed: more than 0, at most 15 minutes.</value>
    public TimeSpan HealthCheckTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The maximum time that an asynchronous factory may take. After it the callers get a <see cref="TimeoutException"/>, and the next use
    /// tries again. A synchronous factory can't be interrupted.
    /// </summary>
    /// <value>Default: 1 minute. Allowed: more than 0, at most 1 day; <see cref="Timeout.InfiniteTimeSpan"/>.</value>
    public TimeSpan CreationTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// True when the holder disposes the values that it replaces. Set it to false when the factory returns what others own.
    /// </summary>
    /// <value>Default: true.</value>
    public bool DisposesValues { get; set; } = true;

    /// <summary>The environment that the holder belongs to.</summary>
    /// <value>Default: <see cref="ExecutionEnvironment.Current"/>.</value>
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
