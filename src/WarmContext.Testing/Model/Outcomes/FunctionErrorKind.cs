namespace WarmContext.Testing;

/// <summary>Who found an invocation or an Init to have failed.</summary>
public enum FunctionErrorKind
{
    /// <summary>The function itself, as a rule by an exception; the environment lives on.</summary>
    Reported = 0,

    /// <summary>The environment: the timeout, or Init's limit, was over. The process was killed.</summary>
    TimedOut,

    /// <summary>The environment: the process ended before it answered.</summary>
    ProcessExited,

    /// <summary>The environment: what the function answered can't be delivered; it is too large, or was cut off.</summary>
    InvalidResponse,
}
