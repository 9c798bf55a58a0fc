using WarmContext.Diagnostics;

namespace WarmContext.Environments;

/// <summary>The token that is cancelled shortly before an invocation's deadline.</summary>
internal sealed class InvocationDeadline : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly Invocation _invocation;
    private readonly ITimer? _timer;

    /// <remarks>
    /// Implementation note: the source's own timer won't do, because callbacks of the token are the user's code. They may throw, which on a
    /// timer's thread would end the process.
    /// </remarks>
    public InvocationDeadline(Invocation invocation, TimeSpan margin, bool isOver)
    {
        _invocation = invocation;
        if (!isOver)
        {
            var due = invocation.RemainingTimeLess(margin);
            _timer = invocation.Environment.Clock.TimeProvider.CreateTimer(
                static state => ((InvocationDeadline)state!).Cancel(), this, due, Timeout.InfiniteTimeSpan);
        }
    }

    public CancellationToken Token => _source.Token;

    /// <summary>Stops the timer. The source itself stays usable: user code may hold the token beyond the invocation.</summary>
    public void Dispose() => _timer?.Dispose();

    private void Cancel()
    {
        try
        {
            _source.Cancel();
        }
        catch (AggregateException exception)
        {
            WarmContextLog.CancellationCallbackFailed(_invocation.RequestId, exception);
        }
    }
}
