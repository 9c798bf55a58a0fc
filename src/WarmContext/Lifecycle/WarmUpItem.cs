namespace WarmContext;

/// <summary>One item of a warm-up: its work, and how that went.</summary>
internal sealed class WarmUpItem(string name, Func<CancellationToken, Task> work, bool isRequired, bool isPriming, EnvironmentClock clock)
{
    private ClockReading _begun;
    private TimeSpan _duration;
    private Exception? _exception;

    public string Name { get; } = name;

    public bool IsRequired { get; } = isRequired;

    /// <summary>Ends when the work has; never fails.</summary>
    public Task Run { get; private set; } = Task.CompletedTask;

    public void Start(CancellationToken cancellationToken)
    {
        _begun = clock.Read();
        Run = Task.Run(() => RunAsync(cancellationToken), CancellationToken.None);
    }

    public WarmUpItemResult Result()
    {
        // Its fields are written before the task ends, so they are whole once it has.
        if (!Run.IsCompleted)
        {
            return new WarmUpItemResult(Name, WarmUpOutcome.Running, clock.ElapsedSince(_begun), null);
        }

        return new WarmUpItemResult(Name, _exception is null || isPriming ? WarmUpOutcome.Completed : WarmUpOutcome.Failed, _duration, _exception);
    }

    public void Record() => WarmUpMetrics.Record(Result());

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await (work(cancellationToken) ?? throw new InvalidOperationException($"The work of warm-up item '{Name}' returned null instead of a Task.")).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            _exception = exception;
        }

        _duration = clock.ElapsedSince(_begun);
        if (_exception is not null && !isPriming)
        {
            WarmContextLog.WarmUpItemFailed(Name, _duration, _exception);
        }
    }
}
