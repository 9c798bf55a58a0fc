namespace WarmContext.Lambda;

/// <summary>How long a <see cref="ShutdownHook"/> may take.</summary>
public sealed class ShutdownHookOptions
{
    /// <summary>
    /// The maximum time of all work together. Lambda kills the process 500 ms after the signal, and what is in flight then is lost.
    /// </summary>
    /// <value>Default: 400 ms. Allowed: more than 0, at most 2 s (what Lambda gives where the function has external extensions).</value>
    public TimeSpan Budget { get; set; } = TimeSpan.FromMilliseconds(400);

    /// <summary>The environment.</summary>
    /// <value>Default: <see cref="ExecutionEnvironment.Current"/>.</value>
    public ExecutionEnvironment Environment { get; set; } = ExecutionEnvironment.Current;

    internal ShutdownHookOptions Validated()
    {
        if (Environment is null)
        {
            throw new ArgumentException(
                $"{nameof(ShutdownHookOptions)}.{nameof(Environment)} is null; leave its default or set an environment.");
        }

        if (Budget <= TimeSpan.Zero || Budget > TimeSpan.FromSeconds(2))
        {
            throw new ArgumentOutOfRangeException(
                nameof(Budget), Budget,
                $"{nameof(ShutdownHookOptions)}.{nameof(Budget)} is {Budget}; it must be more than zero and at most 2 s.");
        }

        return (ShutdownHookOptions)MemberwiseClone();
    }
}
