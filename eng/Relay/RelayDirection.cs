using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;

namespace WarmContext.Relay;

/// <summary>
/// One direction of a relayed connection: what is read is sent when the line would have carried it. Two threads, since a sleeping one must
/// not stop the reading.
/// </summary>
internal sealed class RelayDirection
{
    private const int BufferBytes = 64 * 1024;

    private readonly Socket _from;
    private readonly Socket _to;
    private readonly long _delay;
    private readonly double? _bytesPerSecond;
    private readonly BlockingCollection<(byte[] Bytes, long Due)> _line;
    private readonly Action<ReadOnlyMemory<byte>>? _inspect;
    private readonly Action<RelayDirection, bool> _ended;

    // When the last byte read so far has passed the line's narrowest place.
    private long _passed;
    private long _extraDelay;
    private int _reads;
    private volatile bool _swallows;

    /// <param name="from">Read from here.</param>
    /// <param name="to">Written to here.</param>
    /// <param name="delay">How long the way is.</param>
    /// <param name="bytesPerSecond">How much it carries; null for any amount.</param>
    /// <param name="notBefore">The timestamp before which nothing is on its way: the connection is still being opened.</param>
    /// <param name="inspect">Sees what was read before it is on its way; null for nobody.</param>
    /// <param name="ended">Called when the last byte has passed, and with true when either side has failed.</param>
    public RelayDirection(
        Socket from, Socket to, TimeSpan delay, double? bytesPerSecond, long notBefore, Action<ReadOnlyMemory<byte>>? inspect,
        Action<RelayDirection, bool> ended)
    {
        (_from, _to, _bytesPerSecond, _passed, _inspect, _ended) = (from, to, bytesPerSecond, notBefore, inspect, ended);
        _delay = Ticks(delay.TotalSeconds);

        // As much under way as the line holds, and a little more, so that a late wake-up doesn't limit the rate.
        _line = new BlockingCollection<(byte[], long)>(32 + (int)((bytesPerSecond ?? 0) * 2 * delay.TotalSeconds / BufferBytes));
    }

    /// <summary>How often something was read.</summary>
    public int Reads => Volatile.Read(ref _reads);

    /// <summary>By how much more than the way itself takes bytes are late that are read from now on.</summary>
    public TimeSpan ExtraDelay
    {
        get => Stopwatch.GetElapsedTime(0, Volatile.Read(ref _extraDelay));
        set => Volatile.Write(ref _extraDelay, Ticks(value.TotalSeconds));
    }

    public void Start()
    {
        new Thread(Read, 256 * 1024) { IsBackground = true, Name = "relay reads" }.Start();
        new Thread(Write, 256 * 1024) { IsBackground = true, Name = "relay writes" }.Start();
    }

    /// <summary>From now on everything vanishes on the way, also the news that a side has closed.</summary>
    public void Swallow() => _swallows = true;

    private void Read()
    {
        var buffer = new byte[BufferBytes];
        try
        {
            for (int read; (read = _from.Receive(buffer)) > 0;)
            {
                Interlocked.Increment(ref _reads);
                _inspect?.Invoke(buffer.AsMemory(0, read));
                _line.Add((buffer[..read], Due(read)));
            }

            _line.Add(([], Due(0)));
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            _ended(this, true);
        }
        finally
        {
            _line.CompleteAdding();
        }
    }

    private void Write()
    {
        PreciseSleep.PrepareThread();
        try
        {
            foreach (var (bytes, due) in _line.GetConsumingEnumerable())
            {
                PreciseSleep.Until(due);
                if (bytes.Length == 0)
                {
                    if (!_swallows)
                    {
                        _to.Shutdown(SocketShutdown.Send);
                    }

                    _ended(this, false);
                }
                else if (!_swallows)
                {
                    // A blocking socket sends all.
                    _to.Send(bytes);
                }
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            _ended(this, true);
        }
        finally
        {
            // Nobody takes from the line any more: a reader that waits for room in it must not wait for ever.
            _line.CompleteAdding();
        }
    }

    private long Due(int bytes)
    {
        _passed = Math.Max(_passed, Stopwatch.GetTimestamp());
        if (_bytesPerSecond is { } rate)
        {
            _passed += Ticks(bytes / rate);
        }

        return _passed + _delay + Volatile.Read(ref _extraDelay);
    }

    private static long Ticks(double seconds) => (long)(seconds * Stopwatch.Frequency);
}
