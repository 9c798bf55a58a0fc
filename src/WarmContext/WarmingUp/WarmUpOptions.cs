using WarmContext.Shared;

namespace WarmContext;

/// <summary>Options of a <see cref="WarmUp"/>: how long it may hold Init up.</summary>
public sealed class WarmUpOptions
{
    // Init may take 10 s on demand; at least 130 s with SnapStart, provisioned concurrency and on Managed Instances:
    // https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html (read 2026-11-20).
    private const int SecondsOnDemand = 9;
    private const int SecondsElsewhere = 120;

    /// <summary>
    /// How long to wait for the items after the warm-up was started. What isn't done by then carries on in the first invocation. On Lambda
    /// the wait always ends before Init's limit does: 9 s after the process's start, or 120 s after it where the limit is larger
    /// (SnapStart, provisioned concurrency, Managed Instances).
    /// </summary>
    /// <value>Default: null, which stands for that moment. Allowed: 0 to 15 minutes.</value>
    public TimeSpan? Budget { get; set; }

    /// <summary>The environment that is warmed up.</summary>
    /// <value>Default: <see cref="ExecutionEnvironment.Current"/>.</value>
    public ExecutionEnvironment Environment { get; set; } = ExecutionEnvironment.Current;

    /// <summary>How much of Init may pass until the warm-up is no longer waited for.</summary>
    private TimeSpan InitBudget => TimeSpan.FromSeconds(Environment.InitializationType switch
    {
        InitializationType.SnapStart => SecondsElsewhere,
        InitializationType.ProvisionedConcurrency => SecondsElsewhere,
        InitializationType.ManagedInstances => SecondsElsewhere,
        _ => SecondsOnDemand,
    });

    /// <summary>How long to wait before looking at what is left of Init.</summary>
    internal TimeSpan FirstWait
    {
        get
        {
            var first = new TimeSpan(20 * TimeSpan.TicksPerMillisecond);
            return Budget is { } budget && budget < first ? budget : first;
        }
    }

    /// <summary>How much longer to wait for a warm-up that has run for a while.</summary>
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
