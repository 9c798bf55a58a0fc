namespace WarmContext;

/// <summary>
/// One invocation of the function: its deadline, its place in the environment's life and its background work. Safe to use from several
/// threads at once; each invocation has its own, also when many run at once.
/// </summary>
public sealed class Invocation
{
    private static readonly AsyncLocal<Invocation?> s_current = new();

    private readonly ClockReading _begun;
    private readonly TimeSpan _timeAtBegin;

    internal Invocation(ExecutionEnvironment environment, InvocationInfo info, InvocationOptions options, long number, TimeSpan? gap)
    {
        Environment = environment;
        Info = info;
        Number = number;
        GapSincePrevious = gap;
        _begun = environment.Clock.Read();
        _timeAtBegin = info.Deadline is { } deadline
            ? new TimeSpan(Math.Max(0, deadline.UtcTicks - _begun.WallTicks))
            : TimeSpan.MaxValue;
        Background = new BackgroundTasks(this, options);
    }

    /// <summary>
    /// The invocation that the calling code belongs to. It flows with async code, into <see cref="Task.Run(Action)"/> and timers too.
    /// </summary>
    /// <exception cref="InvalidOperationException">The code doesn't run inside an invocation.</exception>
    public static Invocation Current => s_current.Value ?? throw new InvalidOperationException(
        "No invocation is running here. Wrap the handler with WarmHandler (or InvocationRunner), or use Invocation.CurrentOrDefault in code that also runs in Init.");

    /// <summary>The invocation that the calling code belongs to; null where there is none, as in Init.</summary>
    public static Invocation? CurrentOrDefault => s_current.Value;

    /// <summary>The request id that Lambda gave the invocation.</summary>
    public string RequestId => Info.RequestId;

    /// <summary>When the invocation times out (UTC); null where nothing limits it.</summary>
    public DateTimeOffset? Deadline => Info.Deadline;

    /// <summary>
    /// The time left until the deadline, never negative; <see cref="TimeSpan.MaxValue"/> where nothing limits the invocation. Counted by
    /// both clocks from the invocation's beginning, so that a wall clock set back grants no time.
    /// </summary>
    public TimeSpan RemainingTime
    {
        get
        {
            if (_timeAtBegin == TimeSpan.MaxValue)
            {
                return TimeSpan.MaxValue;
            }

            var left = _timeAtBegin - Environment.Clock.ElapsedSince(_begun);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>True for the first invocation of an environment whose Init somebody waited for (so never with provisioned concurrency or on Managed Instances).</summary>
    public bool IsColdStart => Number == 1
        && Environment.InitializationType is not (InitializationType.ProvisionedConcurrency or InitializationType.ManagedInstances);

    /// <summary>The invocation's number in its environment, from 1.</summary>
    public long Number { get; }

    /// <summary>How long no invocation ran before this one began: frozen or idle time. Null for the first; zero when others are running.</summary>
    public TimeSpan? GapSincePrevious { get; }

    /// <summary>The work to finish before this invocation is over.</summary>
    public BackgroundTasks Background { get; }

    /// <summary>What the runtime said of the invocation.</summary>
    public InvocationInfo Info { get; }

    /// <summary>The environment it runs in.</summary>
    public ExecutionEnvironment Environment { get; }

    /// <summary>Guarded by the lifecycle's lock.</summary>
    internal List<EnvironmentLifecycle.PendingRetirement>? Retirements { get; set; }

    /// <summary>Makes <paramref name="invocation"/> the current one of the calling flow; null detaches the flow from any invocation.</summary>
    internal static void SetCurrent(Invocation? invocation) => s_current.Value = invocation;

    /// <summary>The time left less a margin, never negative.</summary>
    /// <param name="margin">What to keep back.</param>
    public TimeSpan RemainingTimeLess(TimeSpan margin)
    {
        var remaining = RemainingTime;
        if (remaining == TimeSpan.MaxValue)
        {
            return remaining;
        }

        return remaining > margin ? remaining - margin : TimeSpan.Zero;
    }
}
