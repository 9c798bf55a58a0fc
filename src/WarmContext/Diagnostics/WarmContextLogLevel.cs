namespace WarmContext;

/// <summary>The severity of a log entry of WarmContext.</summary>
public enum WarmContextLogLevel
{
    /// <summary>Worth knowing while a problem is looked into.</summary>
    Information = 0,

    /// <summary>Something went wrong and was handled. The cause is worth mending.</summary>
    Warning,

    /// <summary>Something was lost.</summary>
    Error,
}
