namespace WarmContext;

/// <summary>How long a <see cref="WarmUp"/> may hold Init up.</summary>
public sealed class WarmUpOptions
{
    // Init may take 10 s on demand; at least 130 s with SnapStart, provisioned concurrency and on Managed Instances:
    // https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html (read 2026-11-20).
    private static readonly TimeSpan s_onDemand = TimeSpan.FromSeconds(9);
    private static readonly TimeSpan s_elsewhere = TimeSpan.FromSeconds(120);

    /// <summary>
    /// How long to wait for the items, from when the warm-up is run; what isn't done by then carries on in the first invocation.
    /// <value>Default: null, which stands for 9 s, and for 120 s with SnapStart, provisioned concurrency and on Managed Instances, where Init's
    /// limit is larger. Allowed: 0 to 15 minutes.</value>
    /// </summary>
    public TimeSpan? Budget { get; set; }

    /// <summary>The environment that is warmed up. <value>Default: <see cref="ExecutionEnvironment.Current"/>.</value></summary>
    public ExecutionEnvironment Environment { get; set; } = ExecutionEnvironment.Current;

    internal TimeSpan EffectiveBudget => Budget
        ?? (Environment.InitializationType is InitializationType.SnapStart or InitializationType.ProvisionedConcurrency or InitializationType.ManagedInstances ? s_elsewhere : s_onDemand);

    internal WarmUpOptions Validated()
    {
        if (Environment is null)
        {
            throw new ArgumentException($"{nameof(WarmUpOptions)}.{nameof(Environment)} is null; leave its default or set an environment.");
        }

        if (Budget is { } budget)
        {
            Guard.Between(budget, TimeSpan.Zero, TimeSpan.FromMinutes(15), nameof(WarmUpOptions), nameof(Budget));
        }

        return (WarmUpOptions)MemberwiseClone();
    }
}
