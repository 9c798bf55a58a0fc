namespace WarmContext.Files.Sources;

/// <summary>
/// Notices when a body stops coming. It counts ticks of a timer without progress; a timer doesn't catch up after a freeze, so frozen time
/// is one tick at most and never fails a download.
/// </summary>
internal sealed class IdleWatchdog : IDisposable
{
    private const int TicksPerTimeout = 8;

    private readonly object _gate = new();
    private readonly List<Watch> _watches = [];
    private readonly ITimer _timer;

    public IdleWatchdog(TimeSpan timeout, TimeProvider time)
    {
        var period = timeout / TicksPerTimeout;
        _timer = time.CreateTimer(static state => ((IdleWatchdog)state!).Tick(), this, period, period);
    }

    /// <summary>Watches one request and its body; the watch's token is cancelled when nothing has come for too long.</summary>
    public Watch Start(CancellationToken cancellationToken)
    {
        var watch = new Watch(this, cancellationToken);
        lock (_gate)
        {
            _watches.Add(watch);
        }

        return watch;
    }

    public void Dispose() => _timer.Dispose();

    private void Tick()
    {
        lock (_gate)
        {
            foreach (var watch in _watches)
            {
                watch.Tick();
            }
        }
    }

    private void Remove(Watch watch)
    {
        lock (_gate)
        {
            _watches.Remove(watch);
        }
    }

    /// <summary>What is watched: one request and its body.</summary>
    internal sealed class Watch : IDisposable
    {
        private readonly IdleWatchdog _owner;
        private readonly CancellationTokenSource _cancellation;
        private volatile bool _progressed;
        private int _idleTicks;

        public Watch(IdleWatchdog owner, CancellationToken cancellationToken)
        {
            _owner = owner;
            _cancellation = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        }

        public CancellationToken Token => _cancellation.Token;

        /// <summary>True when the token was cancelled because nothing came.</summary>
        public bool Stalled { get; private set; }

        /// <summary>Something came.</summary>
        public void NoteProgress() => _progressed = true;

        public void Dispose()
        {
            _owner.Remove(this);
            _cancellation.Dispose();
        }

        /// <summary>Called under the owner's lock.</summary>
        internal void Tick()
        {
            if (_progressed)
            {
                _progressed = false;
                _idleTicks = 0;
                return;
            }

            // The first tick may come at once after the last progress: one more makes the timeout a full one.
            if (++_idleTicks > TicksPerTimeout && !Stalled)
            {
                Stalled = true;
                _ = _cancellation.CancelAsync();
            }
        }
    }
}
