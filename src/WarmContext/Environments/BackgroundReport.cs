using WarmContext.Diagnostics;

namespace WarmContext;

/// <summary>The outcome of an invocation's background work. Immutable.</summary>
public sealed class BackgroundReport
{
    internal BackgroundReport(string requestId, IReadOnlyList<BackgroundTaskResult> tasks, TimeSpan drainTime)
    {
        RequestId = requestId;
        Tasks = tasks;
        DrainTime = drainTime;
        foreach (var task in tasks)
        {
            switch (task.Outcome)
            {
                case BackgroundTaskOutcome.Completed: Completed++; break;
                case BackgroundTaskOutcome.Failed: Failed++; break;
                case BackgroundTaskOutcome.Cancelled: Cancelled++; break;
                default: Abandoned++; break;
            }
        }
    }

    /// <summary>The invocation's request id.</summary>
    public string RequestId { get; }

    /// <summary>Every task, in the order in which they were tracked.</summary>
    public IReadOnlyList<BackgroundTaskResult> Tasks { get; }

    /// <summary>How long the invocation waited for its tasks after the handler was done.</summary>
    public TimeSpan DrainTime { get; }

    /// <summary>The number of tasks that completed.</summary>
    public int Completed { get; }

    /// <summary>The number of tasks that failed.</summary>
    public int Failed { get; }

    /// <summary>The number of tasks that were cancelled.</summary>
    public int Cancelled { get; }

    /// <summary>The number of tasks that were abandoned.</summary>
    public int Abandoned { get; }

    /// <summary>True when every task completed.</summary>
    public bool AllCompleted => Completed == Tasks.Count;

    /// <summary>Logs every task that didn't complete.</summary>
    internal void LogFailures()
    {
        foreach (var task in Tasks)
        {
            switch (task.Outcome)
            {
                case BackgroundTaskOutcome.Failed:
                    WarmContextLog.BackgroundTaskFailed(RequestId, task.Name, task.Duration, task.Exception);
                    break;
                case BackgroundTaskOutcome.Cancelled:
                    WarmContextLog.BackgroundTaskCancelled(RequestId, task.Name, task.Duration);
                    break;
                case BackgroundTaskOutcome.Abandoned:
                    WarmContextLog.BackgroundTaskAbandoned(RequestId, task.Name, task.Duration);
                    break;
                default:
                    break;
            }
        }
    }
}
