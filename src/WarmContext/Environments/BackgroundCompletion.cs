namespace WarmContext;

/// <summary>When an invocation's background work is waited for.</summary>
public enum BackgroundCompletion
{
    /// <summary>Before the handler's result is returned. Works everywhere; the caller waits for the work.</summary>
    BeforeReturn = 0,

    /// <summary>
    /// After the response and before the environment can be frozen: the caller doesn't wait. Billed like the handler, and within the same
    /// timeout. Where nothing can hold the freeze back it is done as under <see cref="BeforeReturn"/>, with one warning.
    /// </summary>
    AfterResponse,
}
