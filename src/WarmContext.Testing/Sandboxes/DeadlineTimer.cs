using System.Diagnostics;

namespace WarmContext.Testing.Sandboxes;

/// <summary>
/// One deadline at a time. Used under its owner's lock, which makes sure of it by <see cref="IsOver"/>: a callback may already be on its
/// way when the deadline moves.
/// </summary>
internal sealed class DeadlineTimer : IDisposable
{
    private readonly Timer _timer;
    private long _at;

    public DeadlineTimer(Action callback) =>
        _timer = new Timer(static state => ((Action)state!)(), callback, Timeout.Infinite, Timeout.Infinite);

    /// <summary>True when a deadline is set and has passed. One that is set and hasn't is waited for again.</summary>
    public bool IsOver
    {
        get
        {
            if (_at == 0)
            {
                return false;
            }

            var left = _at - Stopwatch.GetTimestamp();
            if (left > 0)
            {
                _timer.Change(Milliseconds(left), Timeout.Infinite);
            }

            return left <= 0;
        }
    }

    public void Set(TimeSpan left)
    {
        var ticks = Math.Max(1, (long)(left.TotalSeconds * Stopwatch.Frequency));
        _at = Stopwatch.GetTimestamp() + ticks;
        _timer.Change(Milliseconds(ticks), Timeout.Infinite);
    }

    public void Clear()
    {
        _at = 0;
        _timer.Change(Timeout.Infinite, Timeout.Infinite);
    }

    public void Dispose() => _timer.Dispose();

    private static long Milliseconds(long ticks) => (ticks * 1000 / Stopwatch.Frequency) + 1;
}
