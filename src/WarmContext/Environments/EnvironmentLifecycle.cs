namespace WarmContext.Environments;

/// <summary>What changes during an environment's life: the invocations that run, its last use, what outlived its invocation.</summary>
internal sealed class EnvironmentLifecycle(ExecutionEnvironment environment)
{
    private readonly object _gate = new();
    private readonly HashSet<Invocation> _active = [];
    private List<BackgroundTask>? _abandoned;
    private List<IWarmUpWork>? _warmUps;
    private Action<string?>[] _flushes = [];
    private CancellationTokenSource? _shutdown;
    private TaskCompletionSource? _idle;
    private ClockReading _lastUse = environment.Clock.Read();
    private long _invocationCount;

    public WarmResources Resources { get; } = new(environment.Clock.TimeProvider);

    public long InvocationCount => Interlocked.Read(ref _invocationCount);

    /// <summary>Opens an invocation. The caller must <see cref="Complete"/> it.</summary>
    public Invocation Begin(InvocationInfo info, TimeSpan deadlineMargin)
    {
        var now = environment.Clock.Read();
        lock (_gate)
        {
            // A priming run belongs to Init: the first invocation is still to come.
            var number = info.IsPriming ? 0 : _invocationCount + 1;

            // With others still running there was no gap: the environment is in use.
            var idle = _active.Count > 0 ? TimeSpan.Zero : environment.Clock.Elapsed(_lastUse, now);
            var invocation = new Invocation(environment, info, deadlineMargin, number, idle, now);
            _active.Add(invocation);
            if (number > 0)
            {
                Interlocked.Exchange(ref _invocationCount, number);
            }

            return invocation;
        }
    }

    /// <summary>Takes an invocation for over. Calls nobody.</summary>
    /// <returns>What waited for that, each to be told by the caller; null when nothing did.</returns>
    public List<PendingRetirement>? Complete(Invocation invocation)
    {
        var now = environment.Clock.Read();
        lock (_gate)
        {
            if (!_active.Remove(invocation))
            {
                return null;
            }

            _lastUse = now;
            if (_active.Count == 0)
            {
                _idle?.TrySetResult();
                _idle = null;
            }

            var waiting = invocation.Retirements;
            invocation.Retirements = null;
            return waiting;
        }
    }

    /// <summary>
    /// Runs <paramref name="retire"/> as soon as every invocation that runs now has ended, at once when none runs. A value replaced now may
    /// still be in use by any of them, and by no later one.
    /// </summary>
    /// <returns>The retirement, if it ran at once.</returns>
    public ValueTask AfterRunningInvocations(Func<ValueTask> retire)
    {
        lock (_gate)
        {
            if (_active.Count > 0)
            {
                var retirement = new PendingRetirement(retire, _active.Count);
                foreach (var invocation in _active)
                {
                    (invocation.Retirements ??= []).Add(retirement);
                }

                return ValueTask.CompletedTask;
            }
        }

        return retire();
    }

    /// <summary>Marks the environment as used, and what it holds as fresh: at a warm-up's end and after a revalidation.</summary>
    public void Touch()
    {
        var now = environment.Clock.Read();
        lock (_gate)
        {
            _lastUse = now;
        }
    }

    /// <summary>Cancelled when the environment shuts down.</summary>
    public CancellationToken ShutdownToken
    {
        get
        {
            lock (_gate)
            {
                return (_shutdown ??= new CancellationTokenSource()).Token;
            }
        }
    }

    /// <summary>Cancels the <see cref="ShutdownToken"/>.</summary>
    public Task ShutDownAsync()
    {
        _ = ShutdownToken;
        return _shutdown!.CancelAsync();
    }

    /// <summary>Ends when no invocation runs.</summary>
    public Task WhenIdleAsync()
    {
        lock (_gate)
        {
            return _active.Count == 0
                ? Task.CompletedTask
                : (_idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Has something called at the end of every invocation and at shutdown. It must not throw.</summary>
    /// <param name="flush">
    /// Writes what it has collected. It is given the invocation that all of it belongs to; null where it may be several's.
    /// </param>
    /// <param name="mayBlock">True where it writes to a stream of the user's.</param>
    public void AddFlush(Action<string?> flush, bool mayBlock)
    {
        lock (_gate)
        {
            FlushesMayBlock |= mayBlock;
            _flushes = [.. _flushes, flush];
        }
    }

    /// <summary>True once something was added that may block.</summary>
    public bool FlushesMayBlock { get; private set; }

    public void RemoveFlush(Action<string?> flush)
    {
        lock (_gate)
        {
            _flushes = Array.FindAll(_flushes, other => other != flush);
        }
    }

    /// <summary>Costs a field read where nobody collects anything.</summary>
    public void Flush(string? requestId)
    {
        foreach (var flush in Volatile.Read(ref _flushes))
        {
            flush(requestId);
        }
    }

    /// <summary>Ends when every warm-up that was run has ended.</summary>
    public Task WhenWarmAsync()
    {
        lock (_gate)
        {
            return _warmUps is null ? Task.CompletedTask : Task.WhenAll(_warmUps.Select(static warmUp => warmUp.WhenFinishedAsync()));
        }
    }

    /// <summary>How much longer the warm-up that is waited for longest may take; null when none is waited for.</summary>
    public TimeSpan? WarmUpTimeLeft
    {
        get
        {
            lock (_gate)
            {
                TimeSpan? longest = null;
                foreach (var warmUp in _warmUps ?? [])
                {
                    var left = warmUp.TimeLeft;
                    longest = left > TimeSpan.Zero && (longest is null || left > longest) ? left : longest;
                }

                return longest;
            }
        }
    }

    /// <summary>Has the invocations to come carry on with what a warm-up hasn't finished.</summary>
    public void AddWarmUp(IWarmUpWork warmUp)
    {
        lock (_gate)
        {
            (_warmUps ??= []).Add(warmUp);
        }
    }

    /// <summary>Tracks what warm-ups haven't finished as the invocation's background work.</summary>
    public void ContinueWarmUpsIn(Invocation invocation)
    {
        if (Volatile.Read(ref _warmUps) is null)
        {
            return;
        }

        IWarmUpWork[] warmUps;
        lock (_gate)
        {
            warmUps = _warmUps?.ToArray() ?? [];
        }

        foreach (var warmUp in warmUps)
        {
            if (warmUp.ContinueIn(invocation))
            {
                RemoveWarmUp(warmUp);
            }
        }
    }

    public void AddAbandoned(IEnumerable<BackgroundTask> tasks)
    {
        lock (_gate)
        {
            (_abandoned ??= []).AddRange(tasks);
        }
    }

    /// <summary>
    /// The abandoned tasks of earlier invocations that run on, and are to be reported in the invocation that begins. Those that have ended
    /// since are forgotten.
    /// </summary>
    public IReadOnlyList<BackgroundTask> AbandonedTasksToReport()
    {
        if (Volatile.Read(ref _abandoned) is null)
        {
            return [];
        }

        lock (_gate)
        {
            if (_abandoned is null)
            {
                return [];
            }

            _abandoned.RemoveAll(static task => task.HasEnded);
            if (_abandoned.Count > 0)
            {
                return _abandoned.FindAll(static task => long.IsPow2(++task.OutlivedInvocations));
            }

            _abandoned = null;
            return [];
        }
    }

    private void RemoveWarmUp(IWarmUpWork warmUp)
    {
        lock (_gate)
        {
            _warmUps?.Remove(warmUp);
            if (_warmUps is { Count: 0 })
            {
                _warmUps = null;
            }
        }
    }

    internal sealed class PendingRetirement(Func<ValueTask> retire, int invocations)
    {
        private int _left = invocations;

        public ValueTask InvocationEndedAsync() => Interlocked.Decrement(ref _left) == 0 ? retire() : ValueTask.CompletedTask;
    }
}
