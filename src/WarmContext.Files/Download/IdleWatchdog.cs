namespace WarmContext.Files.Download;

/// <summary>
/// Notices when a body stops coming. It counts ticks of a timer without progress; a timer doesn't catch up after a freeze, so frozen time is
/// one tick at most and never fails a download.
/// </summary>
internal sealed class IdleWatchdog : IDisposable
{
    private const int TicksPerTimeout = 8;

    private readonly object _gate = new();
    private readonly List<IdleWatch> _watches = [];
    private readonly ITimer _timer;

    public IdleWatchdog(TimeSpan timeout, TimeProvider time)
    {
        var period = timeout / TicksPerTimeout;
        _timer = time.CreateTimer(static state => ((IdleWatchdog)state!).Tick(), this, period, period);
    }

    /// <summary>Watches one lane; its token is cancelled when it has been idle for too long.</summary>
    public IdleWatch Watch(CancellationToken cancellationToken)
    {
        var watch = new IdleWatch(this, cancellationToken);
        lock (_gate)
        {
            _watches.Add(watch);
        }

        return watch;
    }

    public void Dispose() => _timer.Dispose();

    internal void Remove(IdleWatch watch)
    {
        lock (_gate)
        {
            _watches.Remove(watch);
        }
    }

    private void Tick()
    {
        lock (_gate)
        {
            foreach (var watch in _watches)
            {
                watch.Tick(TicksPerTimeout);
            }
        }
    }
}
