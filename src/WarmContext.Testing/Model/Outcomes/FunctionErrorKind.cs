namespace WarmContext.Testing;

/// <summary>Who found that an invocation or Init failed.</summary>
public enum FunctionErrorKind
{
    /// <summary>The function itself, usually by an exception. The environment lives on.</summary>
    Reported = 0,

    /// <summary>The environment. The timeout, or Init's limit, was over, and the process was killed.</summary>
    TimedOut,

    /// <summary>The environment. The process ended before it answered.</summary>
    ProcessExited,

    /// <summary>The environment. The function's answer can't be delivered: it is too large, or was cut off.</summary>
    InvalidResponse,
}
