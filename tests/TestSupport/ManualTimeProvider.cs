namespace WarmContext.TestSupport;

/// <summary>A time provider whose two clocks and timers move only when a test says so, together or apart.</summary>
public sealed class ManualTimeProvider : TimeProvider
{
    private readonly object _gate = new();
    private readonly List<ManualTimer> _timers = [];
    private DateTimeOffset _utcNow = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private long _timestamp = 1;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            return _utcNow;
        }
    }

    public override long GetTimestamp()
    {
        lock (_gate)
        {
            return _timestamp;
        }
    }

    /// <summary>Moves both clocks, and fires the timers that fall due, in their order.</summary>
    public void Advance(TimeSpan by) => Move(by, by);

    /// <summary>
    /// Moves the wall clock alone, as a freeze that stops the monotonic clock does, or somebody who sets the clock (either way).
    /// </summary>
    public void AdvanceWallOnly(TimeSpan by) => Move(by, TimeSpan.Zero);

    /// <summary>Moves the monotonic clock alone.</summary>
    public void AdvanceMonotonicOnly(TimeSpan by) => Move(TimeSpan.Zero, by);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>How many timers are set, so that a test can wait until the code under test waits.</summary>
    public int ArmedTimers
    {
        get
        {
            lock (_gate)
            {
                return _timers.Count;
            }
        }
    }

    private void Move(TimeSpan wall, TimeSpan monotonic)
    {
        List<ManualTimer> due;
        lock (_gate)
        {
            _utcNow += wall;
            _timestamp += monotonic.Ticks;
            due = _timers.Where(timer => timer.DueAt <= _timestamp).OrderBy(static timer => timer.DueAt).ToList();
            foreach (var timer in due)
            {
                timer.Reschedule();
            }
        }

        foreach (var timer in due)
        {
            timer.Fire();
        }
    }

    private sealed class ManualTimer(ManualTimeProvider owner, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;

        public long DueAt { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var fireNow = false;
            lock (owner._gate)
            {
                owner._timers.Remove(this);
                _period = period;
                if (dueTime == Timeout.InfiniteTimeSpan)
                {
                    return true;
                }

                DueAt = owner._timestamp + dueTime.Ticks;
                fireNow = dueTime == TimeSpan.Zero;
                if (!fireNow)
                {
                    owner._timers.Add(this);
                }
            }

            if (fireNow)
            {
                ThreadPool.QueueUserWorkItem(_ => Fire());
            }

            return true;
        }

        public void Reschedule()
        {
            if (_period == Timeout.InfiniteTimeSpan || _period == TimeSpan.Zero)
            {
                owner._timers.Remove(this);
            }
            else
            {
                DueAt = owner._timestamp + _period.Ticks;
            }
        }

        public void Fire() => callback(state);

        public void Dispose()
        {
            lock (owner._gate)
            {
                owner._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
