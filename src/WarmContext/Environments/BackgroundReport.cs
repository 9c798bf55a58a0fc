namespace WarmContext;

/// <summary>What became of an invocation's background work.</summary>
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

    /// <summary>Every task, in the order they were tracked.</summary>
    public IReadOnlyList<BackgroundTaskResult> Tasks { get; }

    /// <summary>How long the invocation waited for its tasks after the handler was done.</summary>
    public TimeSpan DrainTime { get; }

    /// <summary>How many completed.</summary>
    public int Completed { get; }

    /// <summary>How many failed.</summary>
    public int Failed { get; }

    /// <summary>How many were cancelled.</summary>
    public int Cancelled { get; }

    /// <summary>How many were abandoned.</summary>
    public int Abandoned { get; }

    /// <summary>True when every task completed.</summary>
    public bool AllCompleted => Completed == Tasks.Count;
}
