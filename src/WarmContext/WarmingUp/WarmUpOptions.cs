using WarmContext.Shared;

namespace WarmContext;

/// <summary>How long a <see cref="WarmUp"/> may hold Init up.</summary>
public sealed class WarmUpOptions
{
    // Init may take 10 s on demand; at least 130 s with SnapStart, provisioned concurrency and on Managed Instances:
    // https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html (read 2026-11-20).
    private const int SecondsOnDemand = 9;
    private const int SecondsElsewhere = 120;

    /// <summary>
    /// How long to wait for the items, from when the warm-up is run; what isn't done by then carries on in the first invocation. On Lambda the
    /// wait ends in any case before Init's limit does: 9 s after the process's start, and 120 s after it with SnapStart, provisioned concurrency
    /// and on Managed Instances, where the limit is larger. <value>Default: null, which stands for that moment. Allowed: 0 to 15 minutes.</value>
    /// </summary>
    public TimeSpan? Budget { get; set; }

    /// <summary>The environment that is warmed up. <value>Default: <see cref="ExecutionEnvironment.Current"/>.</value></summary>
    public ExecutionEnvironment Environment { get; set; } = ExecutionEnvironment.Current;

    /// <summary>What of Init may go by until the warm-up is no longer waited for.</summary>
    private TimeSpan InitBudget => TimeSpan.FromSeconds(
        Environment.InitializationType is InitializationType.SnapStart or InitializationType.ProvisionedConcurrency or InitializationType.ManagedInstances ? SecondsElsewhere : SecondsOnDemand);

    /// <summary>How long to wait without a look at what is left of Init.</summary>
    internal TimeSpan FirstWait
    {
        get
        {
            var first = new TimeSpan(20 * TimeSpan.TicksPerMillisecond);
            return Budget is { } budget && budget < first ? budget : first;
        }
    }

    /// <summary>How long a warm-up may be waited for yet that has run for a while.</summary>
    internal TimeSpan TimeLeft(TimeSpan hasRun)
    {
        var left = (Budget ?? InitBudget) - hasRun;
        var leftOfInit = !Environment.IsInitOver && Environment.ProcessAgeOnLambda is { } age ? InitBudget - age : TimeSpan.MaxValue;
        return leftOfInit < left ? leftOfInit : left;
    }

    internal WarmUpOptions Validated()
    {
        Guard.NotNull(Environment, nameof(WarmUpOptions), nameof(Environment), "leave its default or set an environment");

        if (Budget is { } budget)
        {
            Guard.Between(budget, TimeSpan.Zero, TimeSpan.FromMinutes(15), nameof(WarmUpOptions), nameof(Budget));
        }

        return (WarmUpOptions)MemberwiseClone();
    }
}
