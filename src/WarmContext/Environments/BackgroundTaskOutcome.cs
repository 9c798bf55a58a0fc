namespace WarmContext;

/// <summary>How a tracked task ended.</summary>
public enum BackgroundTaskOutcome
{
    /// <summary>It ran to its end.</summary>
    Completed = 0,

    /// <summary>It threw.</summary>
    Failed,

    /// <summary>It ended as cancelled. Either the deadline was near, or it cancelled itself.</summary>
    Cancelled,

    /// <summary>It had not ended when the invocation had to. It may resume in a later invocation, which reports it by name.</summary>
    Abandoned,
}
