namespace WarmContext.Files.Download;

/// <summary>What an <see cref="IdleWatchdog"/> watches: one request and its body.</summary>
internal sealed class IdleWatch : IDisposable
{
    private readonly IdleWatchdog _owner;
    private readonly CancellationTokenSource _cancellation;
    private volatile bool _progressed;
    private int _idleTicks;

    public IdleWatch(IdleWatchdog owner, CancellationToken cancellationToken)
    {
        _owner = owner;
        _cancellation = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    }

    public CancellationToken Token => _cancellation.Token;

    /// <summary>True when the token was cancelled because nothing came.</summary>
    public bool Stalled { get; private set; }

    /// <summary>Something came.</summary>
    public void Progress() => _progressed = true;

    public void Dispose()
    {
        _owner.Remove(this);
        _cancellation.Dispose();
    }

    /// <summary>Called under the owner's lock.</summary>
    internal void Tick(int limit)
    {
        if (_progressed)
        {
            _progressed = false;
            _idleTicks = 0;
            return;
        }

        // The first tick may come at once after the last progress: one more makes the timeout a full one.
        if (++_idleTicks > limit && !Stalled)
        {
            Stalled = true;
            _ = _cancellation.CancelAsync();
        }
    }
}
