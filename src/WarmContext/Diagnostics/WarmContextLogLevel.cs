namespace WarmContext;

/// <summary>How grave a log entry of WarmContext is.</summary>
public enum WarmContextLogLevel
{
    /// <summary>Worth knowing while looking into something.</summary>
    Information = 0,

    /// <summary>Something went wrong and was handled; it is worth mending.</summary>
    Warning,

    /// <summary>Something was lost.</summary>
    Error,
}
