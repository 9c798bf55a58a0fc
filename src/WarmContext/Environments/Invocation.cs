using WarmContext.Environments;

namespace WarmContext;

/// <summary>One invocation of the function: its deadline, its place in the environment's life and its background work.</summary>
/// <remarks>Each invocation has its own, also when many run at once. All members are safe to use from several threads at once.</remarks>
public sealed class Invocation
{
    // Timers can't count further. Nothing on Lambda takes longer than 15 minutes, so a deadline beyond this is no deadline.
    private static readonly TimeSpan s_maxTime = TimeSpan.FromDays(24);

    private static readonly AsyncLocal<Invocation?> s_current = new();

    private readonly object _gate = new();
    private readonly ClockReading _begun;
    private readonly TimeSpan _timeAtBegin;
    private readonly TimeSpan _deadlineMargin;
    private InvocationDeadline? _deadlineCancellation;
    private PoolWatch.Entry? _watch;
    private List<IAsyncDisposable>? _disposables;
    private bool _isOver;

    internal Invocation(
        ExecutionEnvironment environment, InvocationInfo info, TimeSpan deadlineMargin, long number, TimeSpan idle, ClockReading now)
    {
        Environment = environment;
        Info = info;
        Number = number;
        IdleBefore = idle;
        _begun = now;
        _timeAtBegin = info.Deadline is { } deadline && deadline.UtcTicks - now.WallTicks <= s_maxTime.Ticks
            ? new TimeSpan(Math.Max(0, deadline.UtcTicks - now.WallTicks))
            : TimeSpan.MaxValue;
        _deadlineMargin = deadlineMargin;
        Background = new BackgroundTasks(this);
    }

    /// <summary>
    /// The invocation that the calling code belongs to. It flows with async code, also into <see cref="Task.Run(Action)"/> and timers.
    /// </summary>
    /// <exception cref="InvalidOperationException">The code doesn't run inside an invocation.</exception>
    public static Invocation Current => s_current.Value ?? throw new InvalidOperationException(
        "No invocation is running here. Wrap the handler with WarmHandler or InvocationRunner, or use Invocation.CurrentOrDefault in " +
        "code that also runs in Init.");

    /// <summary>The invocation that the calling code belongs to; null where there is none, as in Init.</summary>
    public static Invocation? CurrentOrDefault => s_current.Value;

    /// <summary>The request id that Lambda gave the invocation.</summary>
    public string RequestId => Info.RequestId;

    /// <summary>The time at which the invocation times out (UTC); null where nothing limits it.</summary>
    public DateTimeOffset? Deadline => Info.Deadline;

    /// <summary>
    /// The time left until the deadline, never negative; <see cref="TimeSpan.MaxValue"/> where nothing limits the invocation. Both clocks
    /// count it from the invocation's beginning, so that a wall clock set back grants no time.
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
    /// A token that is cancelled <see cref="InvocationOptions.DeadlineMargin"/> before the deadline, while there is still time to answer.
    /// It is never cancelled where nothing limits the invocation. The token and its timer are made at first use. On Managed Instances
    /// Lambda doesn't enforce the timeout: there the invocation fails with a <see cref="TimeoutException"/> at the deadline if the handler
    /// goes on.
    /// </summary>
    public CancellationToken DeadlineToken
    {
        get
        {
            if (_timeAtBegin == TimeSpan.MaxValue)
            {
                return CancellationToken.None;
            }

            Watch();
            lock (_gate)
            {
                return (_deadlineCancellation ??= new InvocationDeadline(this, _deadlineMargin, _isOver)).Token;
            }
        }
    }

    /// <summary>
    /// True for the first invocation of an environment whose Init a caller waited for. So it is never true with provisioned concurrency or
    /// on Managed Instances.
    /// </summary>
    public bool IsColdStart => Number == 1
        && Environment.InitializationType is not (InitializationType.ProvisionedConcurrency or InitializationType.ManagedInstances);

    /// <summary>The invocation's number in its environment, from 1. A priming run isn't counted: its number is 0.</summary>
    public long Number { get; }

    /// <summary>
    /// True when there is no event behind this run: a <see cref="WarmUp"/> runs the handler in Init, so that the first request finds its
    /// whole path compiled. Such a run must leave nothing behind: roll its transaction back, send no message. It has no deadline and isn't
    /// counted.
    /// </summary>
    public bool IsPriming => Info.IsPriming;

    /// <summary>
    /// How long no invocation ran before this one began: frozen or idle time. Null for the first one; zero while others run.
    /// </summary>
    public TimeSpan? GapSincePrevious => Number <= 1 ? null : IdleBefore;

    /// <summary>The work that must end before this invocation is over.</summary>
    public BackgroundTasks Background { get; }

    /// <summary>What the runtime said of the invocation.</summary>
    public InvocationInfo Info { get; }

    /// <summary>The environment that it runs in.</summary>
    public ExecutionEnvironment Environment { get; }

    /// <summary>
    /// Disposes something, such as a dependency injection scope, when the invocation and its background work are over. Last in, first out.
    /// </summary>
    /// <param name="disposable">The object to dispose. Its exceptions are logged and fail nobody.</param>
    /// <exception cref="ArgumentNullException"><paramref name="disposable"/> is null.</exception>
    /// <exception cref="InvalidOperationException">The invocation is over.</exception>
    public void DisposeAtEnd(IAsyncDisposable disposable)
    {
        ArgumentNullException.ThrowIfNull(disposable);
        lock (_gate)
        {
            if (_isOver)
            {
                throw new InvalidOperationException(
                    $"Invocation {RequestId} is over and disposes nothing more. Dispose the {disposable.GetType().Name} yourself.");
            }

            (_disposables ??= []).Add(disposable);
        }
    }

    /// <summary>How long the environment was not in use before this invocation, also the first, which may come long after Init.</summary>
    internal TimeSpan IdleBefore { get; }

    /// <summary>How long before the deadline background work must have ended.</summary>
    internal TimeSpan DeadlineMargin => _deadlineMargin;

    /// <summary>True where a deadline limits the invocation.</summary>
    internal bool IsLimited => _timeAtBegin != TimeSpan.MaxValue;

    /// <summary>Guarded by the lifecycle's lock.</summary>
    internal List<EnvironmentLifecycle.PendingRetirement>? Retirements { get; set; }

    /// <summary>
    /// Makes <paramref name="invocation"/> the current one of the calling flow; null detaches the flow from any invocation.
    /// </summary>
    internal static void SetCurrent(Invocation? invocation) => s_current.Value = invocation;

    /// <summary>The time left less a margin, never negative; <see cref="TimeSpan.MaxValue"/> where nothing limits the invocation.</summary>
    /// <param name="margin">The time to keep back.</param>
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

    /// <summary>True while code of others runs at its end, and perhaps after it.</summary>
    internal bool IsEnding { get; set; }

    /// <summary>True when it is over and nothing of it runs any more.</summary>
    internal bool HasEnded => Volatile.Read(ref _isOver) && !IsEnding && Background.Running == 0;

    /// <summary>Has the thread pool watched when the deadline is near: what runs in this invocation may block it.</summary>
    /// <param name="evenIfOver">True for the invocation's own end, which may call code that blocks too.</param>
    internal void Watch(bool evenIfOver = false)
    {
        // Only the system's clock can be waited for by a thread.
        if (_watch is not null || !IsLimited || Environment.Clock.TimeProvider != TimeProvider.System)
        {
            return;
        }

        lock (_gate)
        {
            if (_watch is null && (evenIfOver || !_isOver))
            {
                _watch = PoolWatch.Add(this, _begun.MonotonicTimestamp + PoolWatch.Timestamps(_timeAtBegin - _deadlineMargin));
            }
        }
    }

    /// <summary>Ends the watch of the pool, after everything else.</summary>
    internal void Unwatch()
    {
        if (_watch is null)
        {
            return;
        }

        lock (_gate)
        {
            if (_watch is { } watch)
            {
                _watch = null;
                PoolWatch.Remove(watch);
            }
        }
    }

    /// <summary>Takes the invocation for over and stops the deadline's timer. Calls nobody.</summary>
    /// <returns>What is to be disposed at its end, in the order in which it was added; null when there is nothing.</returns>
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
