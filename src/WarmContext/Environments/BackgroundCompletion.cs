namespace WarmContext;

/// <summary>The moment until which an invocation waits for its background work.</summary>
public enum BackgroundCompletion
{
    /// <summary>Before the handler's result is returned. This works everywhere; the caller waits for the work.</summary>
    BeforeReturn = 0,

    /// <summary>
    /// After the response and before the environment can be frozen. The caller doesn't wait. The time is billed like the handler's, and
    /// counts toward the same timeout. Where nothing can hold the freeze back, the work is finished as under <see cref="BeforeReturn"/>,
    /// with one warning.
    /// </summary>
    AfterResponse,
}
