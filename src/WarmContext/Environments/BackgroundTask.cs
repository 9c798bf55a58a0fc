namespace WarmContext.Environments;

/// <summary>One tracked task: its name, and when and how it ended. Ended states are written once, under the owner's lock.</summary>
internal sealed class BackgroundTask(BackgroundTasks owner, string name, long tracked)
{
    private Task? _task;
    private TimeSpan _duration;
    private volatile bool _hasEnded;

    public string Name { get; } = name;

    public string RequestId => owner.RequestId;

    /// <summary>
    /// When it was tracked, by the monotonic clock alone. That costs half, and a task whose time is told has never been frozen.
    /// </summary>
    public long Tracked { get; } = tracked;

    public bool HasEnded => _hasEnded;

    /// <summary>
    /// How many invocations have begun since it was abandoned. It is reported in the first, the second, the fourth and so on: one that
    /// never ends would fill the log. Guarded by the lifecycle's lock.
    /// </summary>
    public long OutlivedInvocations { get; set; }

    /// <summary>Takes a task that has ended already: there is nothing to wait for, and it took no time.</summary>
    public void TakeEnded(Task task)
    {
        _task = task;
        _ = task.Exception;
        MarkEnded(TimeSpan.Zero);
    }

    /// <summary>Waits for the task's end. Its exception is observed whatever happens, so it never reaches the finalizer's event.</summary>
    public void Watch(Task task)
    {
        _task = task;
        var awaiter = task.ConfigureAwait(false).GetAwaiter();
        if (awaiter.IsCompleted)
        {
            OnEnded();
        }
        else
        {
            awaiter.UnsafeOnCompleted(OnEnded);
        }
    }

    public void MarkEnded(TimeSpan duration)
    {
        _duration = duration;
        _hasEnded = true;
    }

    public BackgroundTaskResult Result(TimeProvider time)
    {
        if (!_hasEnded)
        {
            return new BackgroundTaskResult(Name, BackgroundTaskOutcome.Abandoned, time.GetElapsedTime(Tracked), null);
        }

        var outcome = _task!.Status switch
        {
            TaskStatus.RanToCompletion => BackgroundTaskOutcome.Completed,
            TaskStatus.Canceled => BackgroundTaskOutcome.Cancelled,
            _ => BackgroundTaskOutcome.Failed,
        };
        return new BackgroundTaskResult(Name, outcome, _duration, Failure());
    }

    public Exception? Failure() => _task?.Exception is { } aggregate
        ? aggregate.InnerExceptions.Count == 1 ? aggregate.InnerExceptions[0] : aggregate
        : null;

    private void OnEnded()
    {
        _ = _task!.Exception;
        owner.OnEnded(this);
    }
}
