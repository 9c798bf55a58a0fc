using WarmContext.Diagnostics;
using WarmContext.Environments;

namespace WarmContext;

/// <summary>
/// The background work of one invocation. A tracked task ends before the environment can be frozen, or is cancelled and named in the log.
/// </summary>
/// <remarks>
/// <para>Tasks may add tasks. One failure never stops the others. All members are safe to use from several threads at once.</para>
/// <para>Get it from <see cref="Invocation.Background"/>: <c>Invocation.Current.Background.Run("audit", ct =&gt; …)</c>.</para>
/// </remarks>
public sealed class BackgroundTasks
{
    /// <summary>The maximum length of a name, in characters.</summary>
    public const int MaxNameLength = 256;

    private readonly object _gate = new();
    private readonly Invocation _invocation;
    private List<BackgroundTask>? _tasks;
    private CancellationTokenSource? _cancellation;
    private TaskCompletionSource? _allEnded;
    private int _running;
    private bool _closed;

    internal BackgroundTasks(Invocation invocation) => _invocation = invocation;

    internal string RequestId => _invocation.RequestId;

    /// <summary>The number of tasks that run now.</summary>
    public int Running
    {
        get
        {
            lock (_gate)
            {
                return _running;
            }
        }
    }

    /// <summary>Starts work on the thread pool at once and tracks it.</summary>
    /// <param name="name">The task's name in logs and reports, 1 to 256 characters.</param>
    /// <param name="work">
    /// The work. Pass its token on: it is cancelled once the handler is done and the invocation's deadline is near
    /// (<see cref="InvocationOptions.DeadlineMargin"/>).
    /// </param>
    /// <exception cref="ArgumentException">The name is null, empty or too long, or the work is null.</exception>
    /// <exception cref="InvalidOperationException">The invocation has ended; the work was not started.</exception>
    public void Run(string name, Func<CancellationToken, Task> work)
    {
        CheckName(name);
        ArgumentNullException.ThrowIfNull(work);
        var entry = Add(name, null);
        var token = Token;
        entry.Watch(Task.Run(Work, CancellationToken.None));

        Task Work() => work(token)
            ?? throw new InvalidOperationException(
                $"The work of background task '{LogText.Escape(name)}' returned null instead of a Task.");
    }

    /// <summary>Tracks a task that already runs.</summary>
    /// <param name="name">The task's name in logs and reports, 1 to 256 characters.</param>
    /// <param name="task">The task. One that has failed already is reported like any other.</param>
    /// <exception cref="ArgumentException">The name is null, empty or too long, or the task is null.</exception>
    /// <exception cref="InvalidOperationException">The invocation has ended; the task runs on untracked.</exception>
    public void Track(string name, Task task)
    {
        CheckName(name);
        ArgumentNullException.ThrowIfNull(task);
        var entry = Add(name, task);
        if (!entry.HasEnded)
        {
            entry.Watch(task);
        }
    }

    internal void OnEnded(BackgroundTask task)
    {
        var duration = _invocation.Environment.Clock.TimeProvider.GetElapsedTime(task.Tracked);
        TaskCompletionSource? allEnded = null;
        bool late;
        lock (_gate)
        {
            task.MarkEnded(duration);
            late = _closed;
            if (--_running == 0)
            {
                allEnded = _allEnded;
            }
        }

        allEnded?.TrySetResult();
        if (late && task.Failure() is { } failure)
        {
            WarmContextLog.AbandonedTaskFailed(RequestId, task.Name, failure);
        }
    }

    /// <summary>
    /// Waits until no task is left, added ones included. Cancels at the deadline less the margin. Abandons half a margin later, or halfway
    /// to the deadline where the handler has left less than the margin. Afterwards nothing more is accepted. Never throws.
    /// </summary>
    /// <returns>The report; null when nothing was ever tracked.</returns>
    internal async ValueTask<BackgroundReport?> DrainAsync()
    {
        if (TryCloseIfNeverUsed())
        {
            return null;
        }

        var clock = _invocation.Environment.Clock;
        var begun = clock.Read();
        var margin = _invocation.DeadlineMargin;
        if (!await WaitUntilEndedAsync(_invocation.RemainingTimeLess(margin)).ConfigureAwait(false))
        {
            // Callbacks of the token are the user's code: they may block or throw, and are not waited for.
            _ = CancelQuietlyAsync();
            var left = _invocation.RemainingTime;
            var grace = (left > TimeSpan.Zero && left < margin ? left : margin) / 2;
            await WaitUntilEndedAsync(grace).ConfigureAwait(false);
        }

        return Close(clock, begun);
    }

    private static void CheckName(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (name.Length > MaxNameLength)
        {
            throw new ArgumentException(
                $"The name of a background task has {name.Length} characters; at most {MaxNameLength} are allowed.", nameof(name));
        }
    }

    private CancellationToken Token
    {
        get
        {
            lock (_gate)
            {
                return (_cancellation ??= new CancellationTokenSource()).Token;
            }
        }
    }

    private BackgroundTask Add(string name, Task? task)
    {
        _invocation.Watch();
        var tracked = _invocation.Environment.Clock.TimeProvider.GetTimestamp();
        lock (_gate)
        {
            if (_closed)
            {
                throw new InvalidOperationException(
                    $"Background task '{LogText.Escape(name)}' is refused: invocation {_invocation.RequestId} has ended and its " +
                    "background work is drained. Add tasks while the handler or another tracked task of the invocation runs.");
            }

            var entry = new BackgroundTask(this, name, tracked);
            (_tasks ??= new List<BackgroundTask>(4)).Add(entry);
            if (task is { IsCompleted: true })
            {
                entry.TakeEnded(task);
            }
            else
            {
                _running++;
            }

            return entry;
        }
    }

    private bool TryCloseIfNeverUsed()
    {
        lock (_gate)
        {
            _closed = _tasks is null;
            return _closed;
        }
    }

    /// <summary>True when no task runs any more; the tasks are then closed in the same step, so that none can slip in between.</summary>
    private async ValueTask<bool> WaitUntilEndedAsync(TimeSpan budget)
    {
        var clock = _invocation.Environment.Clock;
        var begun = clock.Read();
        while (true)
        {
            Task ended;
            lock (_gate)
            {
                if (_running == 0)
                {
                    _closed = true;
                    return true;
                }

                _allEnded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                ended = _allEnded.Task;
            }

            if (budget == TimeSpan.MaxValue)
            {
                await ended.ConfigureAwait(false);
                continue;
            }

            var left = budget - clock.ElapsedSince(begun);
            if (left <= TimeSpan.Zero)
            {
                return false;
            }

            await ended.WaitAsync(left, clock.TimeProvider).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task CancelQuietlyAsync()
    {
        try
        {
            _ = Token;
            await _cancellation!.CancelAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is AggregateException or ObjectDisposedException)
        {
            WarmContextLog.CancellationCallbackFailed(_invocation.RequestId, exception);
        }
    }

    private BackgroundReport Close(EnvironmentClock clock, ClockReading begun)
    {
        lock (_gate)
        {
            _closed = true;
            var now = clock.Read();
            var results = new BackgroundTaskResult[_tasks!.Count];
            List<BackgroundTask>? abandoned = null;
            for (var i = 0; i < results.Length; i++)
            {
                results[i] = _tasks[i].Result(clock.TimeProvider);
                if (results[i].Outcome == BackgroundTaskOutcome.Abandoned)
                {
                    (abandoned ??= []).Add(_tasks[i]);
                }
            }

            if (abandoned is not null)
            {
                _invocation.Environment.Lifecycle.AddAbandoned(abandoned);
            }

            return new BackgroundReport(_invocation.RequestId, results, clock.Elapsed(begun, now));
        }
    }
}
