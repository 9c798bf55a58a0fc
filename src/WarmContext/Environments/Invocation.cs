using WarmContext.Environments;

namespace WarmContext;

/// <summary>
/// One invocation of the function: its deadline, its place in the environment's life and its background work. Safe to use from several
/// threads at once; each invocation has its own, also when many run at once.
/// </summary>
public sealed class Invocation
{
    // Timers can't count further. Nothing on Lambda takes longer than 15 minutes, so a deadline beyond it is nonsense and limits nothing.
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(24);

    private static readonly AsyncLocal<Invocation?> s_current = new();

    private readonly object _gate = new();
    private readonly ClockReading _begun;
    private readonly TimeSpan _timeAtBegin;
    private readonly TimeSpan _deadlineMargin;
    private InvocationDeadline? _deadlineCancellation;
    private List<IAsyncDisposable>? _disposables;
    private bool _isOver;

    internal Invocation(ExecutionEnvironment environment, InvocationInfo info, TimeSpan deadlineMargin, long number, TimeSpan idle, ClockReading now)
    {
        Environment = environment;
        Info = info;
        Number = number;
        IdleBefore = idle;
        _begun = now;
        _timeAtBegin = info.Deadline is { } deadline && deadline.UtcTicks - _begun.WallTicks <= s_longest.Ticks
            ? new TimeSpan(Math.Max(0, deadline.UtcTicks - _begun.WallTicks))
            : TimeSpan.MaxValue;
        _deadlineMargin = deadlineMargin;
        Background = new BackgroundTasks(this, deadlineMargin);
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

    /// <summary>
    /// Cancelled <see cref="InvocationOptions.DeadlineMargin"/> before the deadline, while there is still time to answer; never where nothing
    /// limits the invocation. Made, with its timer, at first use. On Managed Instances, where Lambda doesn't enforce the timeout, the
    /// invocation fails with a <see cref="TimeoutException"/> at the deadline itself if the handler goes on all the same.
    /// </summary>
    public CancellationToken DeadlineToken
    {
        get
        {
            if (_timeAtBegin == TimeSpan.MaxValue)
            {
                return CancellationToken.None;
            }

            lock (_gate)
            {
                return (_deadlineCancellation ??= new InvocationDeadline(this, _deadlineMargin, _isOver)).Token;
            }
        }
    }

    /// <summary>True for the first invocation of an environment whose Init somebody waited for (so never with provisioned concurrency or on Managed Instances).</summary>
    public bool IsColdStart => Number == 1
        && Environment.InitializationType is not (InitializationType.ProvisionedConcurrency or InitializationType.ManagedInstances);

    /// <summary>The invocation's number in its environment, from 1; 0 for a priming run, which isn't counted.</summary>
    public long Number { get; }

    /// <summary>
    /// True when no event stands behind this run: a <see cref="WarmUp"/> runs the handler in Init so that the first request finds its whole path
    /// compiled. Such a run must leave nothing behind: roll its transaction back, send no message. It has no deadline and isn't counted.
    /// </summary>
    public bool IsPriming => Info.IsPriming;

    /// <summary>How long no invocation ran before this one began: frozen or idle time. Null for the first; zero when others are running.</summary>
    public TimeSpan? GapSincePrevious => Number <= 1 ? null : IdleBefore;

    /// <summary>The work to finish before this invocation is over.</summary>
    public BackgroundTasks Background { get; }

    /// <summary>What the runtime said of the invocation.</summary>
    public InvocationInfo Info { get; }

    /// <summary>The environment it runs in.</summary>
    public ExecutionEnvironment Environment { get; }

    /// <summary>Disposes something when the invocation is over, background work included: a dependency injection scope, for one. Last in, first out.</summary>
    /// <param name="disposable">What to dispose. Its exceptions are logged and fail nobody.</param>
    /// <exception cref="ArgumentNullException"><paramref name="disposable"/> is null.</exception>
    /// <exception cref="InvalidOperationException">The invocation is over.</exception>
    public void DisposeAtEnd(IAsyncDisposable disposable)
    {
        ArgumentNullException.ThrowIfNull(disposable);
        lock (_gate)
        {
            if (_isOver)
            {
                throw new InvalidOperationException($"Invocation {RequestId} is over: nothing more can be disposed with it. Dispose it yourself.");
            }

            (_disposables ??= []).Add(disposable);
        }
    }

    /// <summary>How long the environment was not in use before this invocation, also the first, which may come long after Init.</summary>
    internal TimeSpan IdleBefore { get; }

    /// <summary>True where a deadline limits the invocation.</summary>
    internal bool IsLimited => _timeAtBegin != TimeSpan.MaxValue;

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

    /// <summary>The reading of the clock that the invocation began at.</summary>
    internal ClockReading Begun => _begun;

    /// <summary>Stops the deadline's timer and hands over what is to be disposed; null when there is nothing.</summary>
    internal List<IAsyncDisposable>? Close()
    {
        lock (_gate)
        {
            _isOver = true;
            _deadlineCancellation?.Dispose();
            var disposables = _disposables;
            _disposables = null;
            return disposables;
        }
    }
}
