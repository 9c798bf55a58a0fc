namespace WarmContext;

/// <summary>How far an item of a <see cref="WarmUp"/> has come.</summary>
public enum WarmUpOutcome
{
    /// <summary>Done.</summary>
    Completed = 0,

    /// <summary>It threw.</summary>
    Failed,

    /// <summary>Not done within the budget; it carries on in the first invocation.</summary>
    Running,
}
