namespace WarmContext;

/// <summary>How far an item of a <see cref="WarmUp"/> has come.</summary>
public enum WarmUpOutcome
{
    /// <summary>It is done.</summary>
    Completed = 0,

    /// <summary>It threw.</summary>
    Failed,

    /// <summary>It was not done within the budget. It carries on in the first invocation.</summary>
    Running,
}
